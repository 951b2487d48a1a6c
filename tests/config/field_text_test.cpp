// Values from the command line, for every kind of field.
#include <gmock/gmock.h>

#include "lacathode/config/field.hpp"
#include "lacathode/core/errors.hpp"

namespace lacathode {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

template <class T>
T parsed(const std::string& text, T value = {}) {
    set_from_text({"key", "", "Help.", &value}, text);
    return value;
}

template <class T>
void expect_refused(const std::string& text, const std::string& expected) {
    T value{};
    try {
        set_from_text({"some_key", "", "Help.", &value}, text);
        FAIL() << "accepted '" << text << "'";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(),
                    AllOf(HasSubstr("some_key = '" + text + "'"), HasSubstr(expected)));
    }
    EXPECT_EQ(value, T{}) << "changed by a refused text";
}

using Words = std::vector<std::string>;
using Numbers = std::vector<double>;
using Sizes = std::vector<std::size_t>;
using Map = std::map<std::string, double>;

TEST(FieldText, Scalars) {
    EXPECT_TRUE(parsed<bool>("true"));
    EXPECT_FALSE(parsed<bool>("false", true));
    EXPECT_EQ(parsed<int>("-3"), -3);
    EXPECT_EQ(parsed<std::size_t>("18446744073709551615"), 18446744073709551615U);
    EXPECT_EQ(parsed<double>("1e-4"), 1e-4);
    EXPECT_EQ(parsed<double>("3"), 3.0);
}

TEST(FieldText, Strings) {
    EXPECT_EQ(parsed<std::string>("a b.h5"), "a b.h5");
    EXPECT_EQ(parsed<std::string>(""), "");
    EXPECT_EQ(parsed<std::string>("7"), "7");
    EXPECT_EQ(parsed<std::string>(R"(C:\dir\"x")"), R"(C:\dir\"x")");
    EXPECT_EQ(parsed<std::string>("tab\there"), "tab\there");
    EXPECT_EQ(parsed<std::string>("[1].h5"), "[1].h5");
    EXPECT_EQ(parsed<std::string>("{a}.h5"), "{a}.h5");
    EXPECT_EQ(parsed<std::string>(R"("quoted, json")"), "quoted, json");
}

TEST(FieldText, Lists) {
    EXPECT_THAT(parsed<Words>("m_j1, delta_m,tau21"), ElementsAre("m_j1", "delta_m", "tau21"));
    EXPECT_THAT(parsed<Words>(R"(["with, comma"])"), ElementsAre("with, comma"));
    EXPECT_THAT(parsed<Words>("1,true"), ElementsAre("1", "true"));
    EXPECT_THAT(parsed<Words>("", {"x"}), IsEmpty());
    EXPECT_THAT(parsed<Numbers>("0.01, 1e-1 ,2"), ElementsAre(0.01, 0.1, 2.0));
    EXPECT_THAT(parsed<Numbers>("[0.5]"), ElementsAre(0.5));
    EXPECT_THAT(parsed<Sizes>("64,64,32"), ElementsAre(64, 64, 32));
}

TEST(FieldText, Maps) {
    EXPECT_THAT(parsed<Map>("a=1,b = -0.2"), ElementsAre(Pair("a", 1.0), Pair("b", -0.2)));
    EXPECT_THAT(parsed<Map>(R"({"a": 2})"), ElementsAre(Pair("a", 2.0)));
    EXPECT_THAT(parsed<Map>("", {{"x", 1.0}}), IsEmpty());
}

TEST(FieldText, MapsOfTexts) {
    EXPECT_THAT(parsed<Texts>("m=mass, x = jet/x"),
                ElementsAre(Pair("m", "mass"), Pair("x", "jet/x")));
    EXPECT_THAT(parsed<Texts>(R"({"m": "a,b"})"), ElementsAre(Pair("m", "a,b")));
    EXPECT_THAT(parsed<Texts>("m=1"), ElementsAre(Pair("m", "1")));
    EXPECT_THAT(parsed<Texts>("", {{"x", "y"}}), IsEmpty());
}

TEST(FieldText, Files) {
    const auto files = [](const std::string& text) { return parsed<FilePatterns>(text).patterns; };
    EXPECT_THAT(files("a, b.h5"), ElementsAre("a, b.h5"));
    EXPECT_THAT(files("part_*.h5"), ElementsAre("part_*.h5"));
    EXPECT_THAT(files("[ab].h5"), ElementsAre("[ab].h5"));
    EXPECT_THAT(files("\xff.h5"), ElementsAre("\xff.h5"));
    EXPECT_THAT(files(R"(["a,1.h5", "b.h5"])"), ElementsAre("a,1.h5", "b.h5"));
    EXPECT_THAT(files(R"([ "a" ])"), ElementsAre("a"));
    EXPECT_THAT(files(R"("a\u0041")"), ElementsAre("aA"));
    EXPECT_THAT(files(""), IsEmpty());
}

TEST(FieldText, SeveralFiles) {
    FilePatterns files;
    const Field field{"input", "", "Help.", &files};
    EXPECT_EQ(value_text(field), "\"\"");
    set_from_texts(field, {"a.h5", "[\"b\"]"});
    EXPECT_THAT(files.patterns, ElementsAre("a.h5", "[\"b\"]"));
    EXPECT_EQ(value_text(field), R"(["a.h5","[\"b\"]"])");
    set_from_texts(field, {"c.h5"});
    EXPECT_EQ(value_text(field), "\"c.h5\"");
    EXPECT_EQ(files.text(), "c.h5");
    EXPECT_THROW(set_from_texts(field, {"a", ""}), UsageError);
    EXPECT_THAT(files.patterns, ElementsAre("c.h5"));
    double number = 0;
    EXPECT_THROW(set_from_texts({"key", "", "Help.", &number}, {"1", "2"}), UsageError);
}

enum class Colour { red, green };

TEST(FieldText, Choices) {
    Colour colour = Colour::red;
    const Field field{"colour", "", "Help.", choice(colour, {"red", "green"})};
    set_from_text(field, "green");
    EXPECT_EQ(colour, Colour::green);
    EXPECT_EQ(value_text(field), "\"green\"");
    EXPECT_THROW(set_from_text(field, "blue"), UsageError);
    EXPECT_THROW(set_from_text(field, ""), UsageError);
    EXPECT_EQ(colour, Colour::green);
}

TEST(FieldText, SeveralChoices) {
    std::vector<Colour> colours = {Colour::red};
    const Field field{"colours", "", "Help.", choices(colours, {"red", "green"})};
    set_from_text(field, "green, red");
    EXPECT_THAT(colours, ElementsAre(Colour::green, Colour::red));
    EXPECT_EQ(value_text(field), "[\"green\",\"red\"]");
    set_from_text(field, R"(["red"])");
    EXPECT_THAT(colours, ElementsAre(Colour::red));
    EXPECT_THROW(set_from_text(field, "red,blue"), UsageError);
    EXPECT_THROW(set_from_text(field, "red,,green"), UsageError);
    EXPECT_THAT(colours, ElementsAre(Colour::red));
}

TEST(FieldText, RefusesWhatDoesNotFit) {
    expect_refused<bool>("yes", "expected true or false");
    expect_refused<bool>("1", "expected true or false");
    expect_refused<int>("1.5", "expected an integer");
    expect_refused<int>("2147483648", "expected an integer");
    expect_refused<int>("", "expected an integer");
    expect_refused<std::size_t>("-1", "expected a non-negative integer");
    expect_refused<std::size_t>("1 000", "expected a non-negative integer");
    expect_refused<double>("0,1", "expected a number");
    expect_refused<double>("nan", "expected a number");
    expect_refused<double>("1e999", "expected a number");
    expect_refused<Numbers>("0.1,x", "expected a list of numbers");
    expect_refused<Numbers>("0.1,,0.2", "expected a list of numbers");
    expect_refused<Numbers>("1],[2", "expected a list of numbers");
    expect_refused<Words>("a,,b", "expected a list of strings");
    expect_refused<Words>("a,", "expected a list of strings");
    expect_refused<Sizes>("64,-1", "expected a list of non-negative integers");
    expect_refused<Map>("a", "expected an object of names and numbers");
    expect_refused<Map>("a=x", "expected an object of names and numbers");
    expect_refused<Map>("a=1,", "expected an object of names and numbers");
    expect_refused<Map>("a=1,a=2", "key 'a' appears twice");
    expect_refused<Texts>("a", "expected an object of names and strings");
    expect_refused<Texts>("a=x,a=y", "key 'a' appears twice");
    expect_refused<Texts>(R"({"a": 1})", "expected an object of names and strings");
}

}  // namespace
}  // namespace lacathode
