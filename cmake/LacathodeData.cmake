# Installs what a user needs beside programs and libraries: configurations, the sample of the demo, scripts, the Python
# module, documentation and licence. The documentation's links to one another stay as they are.
set(data_dir ${CMAKE_INSTALL_DATADIR}/lacathode)
install(DIRECTORY configs data python DESTINATION ${data_dir} PATTERN __pycache__ EXCLUDE)
install(DIRECTORY scripts/plotting scripts/converting scripts/reporting DESTINATION ${data_dir}/scripts PATTERN __pycache__ EXCLUDE)
install(PROGRAMS scripts/plot.py scripts/tables.py scripts/compare.py scripts/report.py scripts/convert.py scripts/export.py DESTINATION ${data_dir}/scripts)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md CHANGELOG.md CITATION.cff LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
