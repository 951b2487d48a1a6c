# Installs what a user needs beside programs and libraries: configurations, the sample of the demo, scripts, the Python
# module, documentation and licence. The documentation's links to one another stay as they are.
set(data_dir ${CMAKE_INSTALL_DATADIR}/lacathode)
install(DIRECTORY configs data python DESTINATION ${data_dir} PATTERN __pycache__ EXCLUDE)
install(DIRECTORY scripts/common scripts/reading scripts/plotting scripts/tabling scripts/reporting scripts/converting
  DESTINATION ${data_dir}/scripts PATTERN __pycache__ EXCLUDE)
install(DIRECTORY scripts/cluster/profiles DESTINATION ${data_dir}/scripts/cluster)
install(FILES scripts/cluster/Snakefile DESTINATION ${data_dir}/scripts/cluster)
install(FILES scripts/common.sh DESTINATION ${data_dir}/scripts)
foreach(script IN ITEMS jobs.py condor_dag.py slurm_array.sh slurm_job.sh task.sh)
  install(PROGRAMS scripts/cluster/${script} DESTINATION ${data_dir}/scripts/cluster)
endforeach()
foreach(script IN ITEMS plot.py tables.py compare.py workspace.py report.py convert.py export.py toy_figures.sh paper_figures.sh)
  install(PROGRAMS scripts/${script} DESTINATION ${data_dir}/scripts)
endforeach()
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md CHANGELOG.md CITATION.cff LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
