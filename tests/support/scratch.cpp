#include "support/scratch.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

namespace lacathode::test {

namespace fs = std::filesystem;

void Scratch::SetUp() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ =
        fs::temp_directory_path() / ("lacathode_" + std::to_string(getpid()) + "_" + info->name());
    fs::remove_all(directory_);
    fs::create_directories(directory_);
}

void Scratch::TearDown() {
    fs::permissions(directory_, fs::perms::owner_all);
    fs::remove_all(directory_);
}

std::string Scratch::text_file(const std::string& name, const std::string& content) const {
    write_bytes(path(name), content);
    return path(name);
}

std::string Scratch::listing() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_)) {
        names.insert(entry.path().filename().string());
    }
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : " ") + name;
    return text;
}

std::string sample(const std::string& name) {
    return std::string(LACATHODE_TEST_DATA) + "/formats/" + name;
}

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

Provenance some_provenance() {
    return {.program = "lacathode-test",
            .version = "1.2.3",
            .git_revision = "abc",
            .algorithm = 3,
            .command_line = "lacathode-test --out 'a b.h5'",
            .config = "{\"seed\": 7}",
            .seed = 18446744073709551615u,
            .host = "here",
            .inputs = {{"events", "some dir/events.h5", "00ff"}, {"flow", "flow.h5", ""}},
            .content_hash = ""};
}

bool run_python(const std::string& script, const std::vector<std::string>& arguments) {
    std::string command = LACATHODE_PYTHON " -B '" LACATHODE_SOURCE_DIR "/tests/io/";
    command.append(script).append("'");
    for (const auto& word : arguments) command.append(" '").append(word).append("'");
    return std::system(command.c_str()) == 0;
}

}  // namespace lacathode::test
