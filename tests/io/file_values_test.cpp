// What OutputFile writes, InputFile reads.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "lacathode/core/errors.hpp"
#include "lacathode/io/input_file.hpp"
#include "lacathode/io/output_file.hpp"
#include "support/scratch.hpp"

namespace lacathode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct FileValues : Scratch {
    template <class T>
    void expect_round_trip(const std::vector<T>& values) {
        const std::string file = path("values.h5");
        OutputFile out(file, FileFormat::metrics, Overwrite::allow);
        out.write<T>("/a/b/values", values, {values.size()});
        out.commit(some_provenance());
        EXPECT_EQ(InputFile(file, FileFormat::metrics).read<T>("/a/b/values"), values);
    }
};

template <class T>
std::vector<T> limits() {
    return {std::numeric_limits<T>::lowest(), T{0}, T{1}, std::numeric_limits<T>::max()};
}

TEST_F(FileValues, ArraysOfEveryTypeComeBackExactly) {
    expect_round_trip(limits<float>());
    expect_round_trip(limits<double>());
    expect_round_trip(limits<std::int8_t>());
    expect_round_trip(limits<std::uint8_t>());
    expect_round_trip(limits<std::int64_t>());
    expect_round_trip(limits<std::uint64_t>());
    expect_round_trip(std::vector<double>{});
}

TEST_F(FileValues, NaNAndInfinityComeBack) {
    const double infinity = std::numeric_limits<double>::infinity();
    const std::vector<double> values = {std::nan(""), infinity, -infinity, -0.0};
    OutputFile out(path("x.h5"), FileFormat::metrics, Overwrite::forbid);
    out.write<double>("/x", values, {4});
    out.commit(some_provenance());
    const auto read = InputFile(path("x.h5"), FileFormat::metrics).read<double>("/x");
    EXPECT_TRUE(std::isnan(read[0]));
    EXPECT_EQ(read[1], infinity);
    EXPECT_EQ(read[2], -infinity);
    EXPECT_TRUE(std::signbit(read[3]));
}

TEST_F(FileValues, ShapesRowsGroupsAndAttributesComeBack) {
    const std::vector<float> values = {1, 2, 3, 4, 5, 6};
    OutputFile out(path("x.h5"), FileFormat::flow, Overwrite::forbid);
    out.write<float>("/g/two", values, {3, 2}, {{"unit", "TeV"}});
    out.write<float>("/g/scalar", std::span(values).first(1), {});
    out.set_attribute("/empty_group", "count", std::int64_t{-5});
    out.set_attribute("/", "big", std::numeric_limits<std::uint64_t>::max());
    out.set_attribute("/", "none", "");
    out.set_attribute("/", "greek", "\xCF\x84\xE2\x82\x82\xE2\x82\x81");
    out.set_attribute("/g", "third", 1.0 / 3);
    out.commit(some_provenance());

    const InputFile in(path("x.h5"), FileFormat::flow);
    EXPECT_THAT(in.shape("/g/two"), ElementsAre(3, 2));
    EXPECT_TRUE(in.shape("/g/scalar").empty());
    EXPECT_THAT(in.read<float>("/g/scalar"), ElementsAre(1));
    EXPECT_THAT(in.read_rows<float>("/g/two", 1, 2), ElementsAre(3, 4, 5, 6));
    EXPECT_THAT(in.read_rows<float>("/g/two", 3, 0), ElementsAre());
    EXPECT_THROW((void)in.read_rows<float>("/g/two", 2, 2), ContractViolation);
    EXPECT_THAT(in.children("/g"), ElementsAre("scalar", "two"));
    EXPECT_THAT(in.children("/"), ElementsAre("empty_group", "g", "provenance"));
    EXPECT_EQ(in.string_attribute("/g/two", "unit"), "TeV");
    EXPECT_EQ(in.int_attribute("/empty_group", "count"), -5);
    EXPECT_EQ(in.uint_attribute("/", "big"), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(in.string_attribute("/", "none"), "");
    EXPECT_EQ(in.string_attribute("/", "greek"), "\xCF\x84\xE2\x82\x82\xE2\x82\x81");
    EXPECT_EQ(in.double_attribute("/g", "third"), 1.0 / 3);
    EXPECT_EQ(in.attributes("/g"), (Attributes{{"third", 1.0 / 3}}));
    EXPECT_TRUE(in.has("/g/two"));
    EXPECT_TRUE(in.has("/"));
    EXPECT_FALSE(in.has("/g/two/three"));
    EXPECT_FALSE(in.has("/no/where"));
    EXPECT_TRUE(in.has_attribute("/g", "third"));
    EXPECT_FALSE(in.has_attribute("/g", "fourth"));
    EXPECT_FALSE(in.has_attribute("/h", "third"));
}

TEST_F(FileValues, ProvenanceComesBack) {
    const Provenance written = some_provenance();
    OutputFile out(path("x.h5"), FileFormat::flow, Overwrite::forbid);
    const std::string hash = out.commit(written);
    const InputFile in(path("x.h5"), FileFormat::flow);
    const Provenance& read = in.provenance();
    EXPECT_EQ(read.program, written.program);
    EXPECT_EQ(read.version, written.version);
    EXPECT_EQ(read.git_revision, written.git_revision);
    EXPECT_EQ(read.algorithm, written.algorithm);
    EXPECT_EQ(read.command_line, written.command_line);
    EXPECT_EQ(read.config, written.config);
    EXPECT_EQ(read.seed, written.seed);
    EXPECT_EQ(read.host, written.host);
    EXPECT_EQ(read.networks, "");  // not written, as in files of earlier versions
    ASSERT_EQ(read.inputs.size(), 2u);
    EXPECT_EQ(read.inputs[0].role, "events");
    EXPECT_EQ(read.inputs[0].path, "some dir/events.h5");
    EXPECT_EQ(read.inputs[0].content_hash, "00ff");
    EXPECT_EQ(read.inputs[1].content_hash, "");
    EXPECT_EQ(read.content_hash, hash);
    EXPECT_EQ(hash.size(), 32u);
    EXPECT_EQ(in.record("flow").content_hash, hash);
}

TEST_F(FileValues, SeveralInputsOfOneRoleAreNumbered) {
    Provenance provenance = some_provenance();
    provenance.inputs = {{"scores", "a", "1"}, {"scores", "b", "2"}, {"scores", "c", "3"}};
    OutputFile out(path("x.h5"), FileFormat::metrics, Overwrite::forbid);
    out.commit(provenance);
    const auto inputs = InputFile(path("x.h5"), FileFormat::metrics).provenance().inputs;
    ASSERT_EQ(inputs.size(), 3u);
    EXPECT_EQ(inputs[1].role, "scores_2");
    EXPECT_EQ(inputs[2].path, "c");
}

TEST_F(FileValues, AConfigurationMayBeLongerThanAnAttributeOfFixedSize) {
    Provenance provenance = some_provenance();
    provenance.config = std::string(300'000, 'x');
    OutputFile out(path("x.h5"), FileFormat::metrics, Overwrite::forbid);
    out.commit(provenance);
    EXPECT_EQ(InputFile(path("x.h5"), FileFormat::metrics).provenance().config, provenance.config);
}

TEST_F(FileValues, WhatComputedTheNetworksIsRecordedBesideTheContent) {
    const auto write = [&](const std::string& name, const std::string& networks) {
        Provenance provenance = some_provenance();
        provenance.networks = networks;
        return OutputFile(path(name), FileFormat::metrics, Overwrite::forbid).commit(provenance);
    };
    const std::string hash = write("x.h5", "engine, AVX2");
    EXPECT_EQ(InputFile(path("x.h5"), FileFormat::metrics).provenance().networks, "engine, AVX2");
    EXPECT_EQ(write("y.h5", "engine, SSE4"), hash);
}

TEST_F(FileValues, HashDependsOnContentAlone) {
    const auto hash_of = [&](const std::string& name, double value, const std::string& dataset,
                             const std::string& host) {
        OutputFile out(path(name), FileFormat::metrics, Overwrite::allow);
        out.write<double>(dataset, std::vector{value}, {1});
        Provenance provenance = some_provenance();
        provenance.host = host;
        return out.commit(provenance);
    };
    const std::string hash = hash_of("a.h5", 1, "/x", "here");
    EXPECT_EQ(hash_of("b.h5", 1, "/x", "there"), hash);
    EXPECT_NE(hash_of("c.h5", 2, "/x", "here"), hash);
    EXPECT_NE(hash_of("d.h5", 1, "/y", "here"), hash);
}

TEST_F(FileValues, HashDependsOnShapeAndType) {
    const std::vector<std::int8_t> zeros(8, 0);
    const auto hash_of = [&](const Shape& shape) {
        OutputFile out(path("x.h5"), FileFormat::metrics, Overwrite::allow);
        out.write<std::int8_t>("/x", zeros, shape);
        return out.commit(some_provenance());
    };
    OutputFile one(path("y.h5"), FileFormat::metrics, Overwrite::allow);
    one.write<double>("/x", std::vector{0.0}, {1});
    const std::string as_double = one.commit(some_provenance());
    EXPECT_NE(hash_of({8}), hash_of({2, 4}));
    EXPECT_NE(hash_of({8}), as_double);
}

TEST_F(FileValues, RowsMayComeInPieces) {
    const std::vector<std::int64_t> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const std::span all(values);
    OutputFile whole(path("a.h5"), FileFormat::metrics, Overwrite::forbid);
    whole.write<std::int64_t>("/x", all, {5, 2});
    whole.write<std::int64_t>("/y", all, {10});
    OutputFile pieces(path("b.h5"), FileFormat::metrics, Overwrite::forbid);
    pieces.create<std::int64_t>("/x", {5, 2});
    pieces.create_growing<std::int64_t>("/y", 4);
    pieces.write_rows<std::int64_t>("/x", 0, all.first(4));
    pieces.write_rows<std::int64_t>("/y", 0, all.first(7));
    pieces.write_rows<std::int64_t>("/x", 2, all.last(6));
    pieces.write_rows<std::int64_t>("/y", 7, all.last(3));
    EXPECT_EQ(whole.commit(some_provenance()), pieces.commit(some_provenance()));
    const InputFile in(path("b.h5"), FileFormat::metrics);
    EXPECT_EQ(in.read<std::int64_t>("/x"), values);
    EXPECT_EQ(in.read<std::int64_t>("/y"), values);
}

TEST_F(FileValues, BrokenContractsAreRefused) {
    const std::vector<double> three = {1, 2, 3};
    OutputFile out(path("x.h5"), FileFormat::metrics, Overwrite::forbid);
    EXPECT_THROW(out.write<double>("/x", three, {4}), ContractViolation);
    EXPECT_THROW(out.write<double>("x", three, {3}), ContractViolation);
    out.write<double>("/x", three, {3});
    EXPECT_THROW(out.write<double>("/x", three, {3}), ContractViolation);
    EXPECT_THROW(out.set_attribute("/provenance", "seed", 1.0), ContractViolation);
    out.create<double>("/y", {2, 3});
    EXPECT_THROW(out.write_rows<double>("/y", 1, three), ContractViolation);
    EXPECT_THROW(out.write_rows<double>("/y", 0, std::span(three).first(2)), ContractViolation);
    EXPECT_THROW(out.write_rows<float>("/y", 0, std::vector<float>(3)), ContractViolation);
    out.write_rows<double>("/y", 0, three);
    EXPECT_THROW(out.commit(some_provenance()), ContractViolation);  // half of /y is missing
}

}  // namespace
}  // namespace lacathode::test
