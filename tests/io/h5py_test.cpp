// h5py, which shares no code of ours, reads what we write as docs/formats.md says, content hash
// included.
#include <gtest/gtest.h>

#include "io/event_samples.hpp"
#include "lacathode/io/event_file.hpp"
#include "support/event_files.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using H5py = Scratch;

TEST_F(H5py, ReadsALatentFile) {
    const EventTable table = some_latent(20'000);
    EventHeader header = header_of(table, {3.3, 3.7});
    header.flow_hash = "0123";
    header.counts = {{"rows_read", 20'000}};
    write_events(path("z.h5"), EventKind::latent, header, table, some_log_prob(table),
                 some_provenance(), Overwrite::forbid);
    EXPECT_TRUE(run_python("check_latent.py", {path("z.h5")}));
}

}  // namespace
}  // namespace lacathode::test
