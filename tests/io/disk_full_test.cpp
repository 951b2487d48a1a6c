// A disk without space, played by a limit on the size of files.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/csv_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Writing beyond `bytes` fails with an error instead of a signal, as on a full disk.
class SizeLimit {
  public:
    explicit SizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~SizeLimit() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    SizeLimit(const SizeLimit&) = delete;
    SizeLimit& operator=(const SizeLimit&) = delete;

  private:
    void (*handler_)(int);
    rlimit before_{};
};

using DiskFull = Scratch;

void write_much(const std::string& path) {
    OutputFile out(path, FileFormat::metrics, Overwrite::allow);
    out.create_growing<double>("/chunked", 1000);
    const std::vector<double> rows(1000, 1.0);
    for (std::size_t i = 0; i < 50; ++i) out.write_rows<double>("/chunked", i * 1000, rows);
    out.write<double>("/whole", std::vector<double>(50'000, 2.0), {50'000});
    out.commit(some_provenance());
}

TEST_F(DiskFull, FailureNamesTheFileAndLeavesNothingBehind) {
    text_file("x.h5", "precious");
    for (const rlim_t limit : {0, 100, 1000, 3000, 10'000, 100'000, 410'000, 700'000, 803'000}) {
        std::string message;
        {
            const SizeLimit small(limit);
            message = message_of<OutputError>([&] { write_much(path("x.h5")); });
        }
        EXPECT_THAT(message, AllOf(HasSubstr("x.h5"), HasSubstr("File too large"))) << limit;
        EXPECT_EQ(listing(), "x.h5") << limit;
        EXPECT_EQ(bytes_of(path("x.h5")), "precious") << limit;
    }
    write_much(path("x.h5"));  // the library is in order again
    EXPECT_GT(bytes_of(path("x.h5")).size(), 800'000u);
    EXPECT_EQ(listing(), "x.h5");
}

// So short that nothing is written before it is closed; the lock beside it has room.
TEST_F(DiskFull, AShortTableFailsWhenItIsClosed) {
    text_file("t.csv", "precious");
    std::string message;
    {
        const SizeLimit small(300);
        message = message_of<OutputError>([&] {
            CsvFile file(path("t.csv"), Overwrite::allow);
            file.write({{"a", std::vector<std::int64_t>(300, 7)}});
            file.commit(some_provenance());
        });
    }
    EXPECT_THAT(message, HasSubstr("t.csv: cannot write"));
    EXPECT_EQ(listing(), "t.csv");
    EXPECT_EQ(bytes_of(path("t.csv")), "precious");
}

}  // namespace
}  // namespace lacathode::test
