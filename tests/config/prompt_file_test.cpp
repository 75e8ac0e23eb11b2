#include "config/diff.hpp"
#include "config/print.hpp"
#include "core/llm/prompt.hpp"
#include "folders.hpp"
#include "tests/config/support.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;

namespace {

constexpr auto minimal = "Mind {{pair}}\n{{candles}}\n";

/// A folder with a configuration whose one strategy names `prompt.txt`.
struct folder : scratch_dir {
  folder() {
    name("prompt.txt");
  }

  void name(const std::string& prompt_file) {
    config = write("c.json", strategy_text(R"({"llm": {"prompt_file": ")"
                                           + prompt_file + "\"}}"));
  }

  void with_batch(int max_pairs) {
    config
      = write("c.json", strategy_text(R"({"llm": {"prompt_file": "prompt.txt",)"
                                      R"("batch": {"max_pairs": )"
                                      + std::to_string(max_pairs) + "}}}"));
  }

  core::strategy strategy() const {
    auto result = config::load({config}, {});
    for (const auto& x : result.errors)
      UNSCOPED_INFO(format(x));
    REQUIRE(result.value);
    return *result.value->strategies.strategies.at(0);
  }

  config_error error() const {
    auto result = config::load({config}, {});
    CHECK_FALSE(result.value);
    REQUIRE(result.errors.size() == 1);
    return result.errors[0];
  }

  std::string config;
};

std::string system_of(const core::strategy& x) {
  REQUIRE(x.prompt);
  core::prompt_data data;
  data.pair = "A/B";
  data.scoring = x.scoring;
  data.own = &*x.prompt;
  return core::make_prompt(data).system;
}

} // namespace

TEST_CASE("without a prompt file the prompt is the one that ships",
          "[prompt_file]") {
  CHECK_FALSE(strategy_of("{}").prompt);
  CHECK_FALSE(strategy_of(R"({"llm": {"prompt_file": null}})").prompt);
}

TEST_CASE_METHOD(folder,
                 "a prompt file is looked for beside the file that names it",
                 "[prompt_file]") {
  auto path = write("prompt.txt", minimal);
  CHECK(strategy().prompt == core::prompt_template::parse(minimal).value);
  CHECK(strategy().prompt_file == path);
  name("../" + std::filesystem::path{path}.parent_path().filename().string()
       + "/./prompt.txt");
  CHECK(strategy().prompt_file == path);
  name(path);
  CHECK(strategy().prompt_file == path);
}

TEST_CASE_METHOD(folder,
                 "a prompt file that the environment names starts at the "
                 "working directory",
                 "[prompt_file]") {
  write("prompt.txt", minimal);
  auto result = config::load(
    {config}, {{"RISKBREAKER__STRATEGIES__S__LLM__PROMPT_FILE", "none.txt"}});
  REQUIRE(result.errors.size() == 1);
  auto tried = (std::filesystem::current_path() / "none.txt").string();
  CHECK_THAT(result.errors[0].message,
             Contains('"' + tried + "\" is not there"));
}

TEST_CASE_METHOD(folder, "a later file's prompt starts at its own folder",
                 "[prompt_file]") {
  scratch_dir other;
  auto path = other.write("mine.txt", minimal);
  auto over = other.write(
    "over.json", strategy_text(R"({"llm": {"prompt_file": "mine.txt"}})"));
  auto result = config::load({config, over}, {});
  REQUIRE(result.value);
  CHECK(result.value->strategies.strategies[0]->prompt_file == path);
}

TEST_CASE_METHOD(folder, "a prompt file that cannot be read says which and why",
                 "[prompt_file]") {
  auto missing = error();
  CHECK(missing.file == config);
  CHECK(missing.line == 1);
  CHECK(missing.pointer == "/strategies/s/llm/prompt_file");
  CHECK_THAT(missing.message,
             Contains("prompt.txt\" is not there")
               && Contains("folder of the file that names it"));
  std::filesystem::create_directory(path("prompt.txt"));
  CHECK_THAT(error().message, Contains("is no regular file"));
}

TEST_CASE_METHOD(folder, "a mistake in a template has its own line",
                 "[prompt_file]") {
  auto path = write("prompt.txt", "Mind {{pair}}\n  {{candels}}\n");
  auto x = error();
  CHECK(x.file == path);
  CHECK(x.line == 2);
  CHECK(x.column == 3);
  CHECK(x.pointer == "/strategies/s/llm/prompt_file");
  CHECK_THAT(x.message, Contains("no placeholder {{candels}}")
                          && Contains("known are: pair, timeframe"));
}

TEST_CASE_METHOD(folder, "a mistake in the whole template names the file",
                 "[prompt_file]") {
  write("prompt.txt", "{{pair}}");
  auto x = error();
  CHECK(x.file == config);
  CHECK_THAT(x.message, Contains("prompt.txt\" lacks {{candles}}"));
  write("prompt.txt", "");
  CHECK_THAT(error().message, Contains("prompt.txt\" is empty"));
  auto most = minimal + std::string(32'768 - std::string{minimal}.size(), 'x');
  write("prompt.txt", most);
  CHECK(strategy().prompt);
  write("prompt.txt", most + 'x');
  CHECK_THAT(error().message, Contains("larger than 32 KiB"));
  write("prompt.txt", std::string(100'000, 'x'));
  CHECK_THAT(error().message, Contains("is too large for a prompt"));
}

TEST_CASE_METHOD(folder, "a template that grows without bounds is refused",
                 "[prompt_file]") {
  std::string text = "{{pair}}";
  for (int i = 0; i < 100; ++i)
    text += "{{candles}}";
  write("prompt.txt", text);
  CHECK_THAT(error().message, Contains("KiB once filled, may make 64;"));
}

TEST_CASE_METHOD(folder, "a mistake in the defaults is found once",
                 "[prompt_file]") {
  config
    = write("c.json", R"({"defaults": {"llm": {"prompt_file": "prompt.txt"}},
                         "strategies": {"a": {}, "b": {}}})");
  CHECK(error().pointer == "/defaults/llm/prompt_file");
  write("prompt.txt", minimal);
  auto result = config::load({config}, {});
  REQUIRE(result.value);
  for (const auto& x : result.value->strategies.strategies)
    CHECK(x->prompt);
  config
    = write("c.json", R"({"defaults": {"llm": {"prompt_file": "none.txt"}}})");
  CHECK_THAT(error().message, Contains("none.txt\" is not there"));
}

TEST_CASE_METHOD(folder, "a reload sees that a template's text has changed",
                 "[prompt_file]") {
  auto path = write("prompt.txt", minimal);
  auto before = *config::load({config}, {}).value;
  CHECK(config::diff(before, *config::load({config}, {}).value).empty());
  write("prompt.txt", minimal + std::string{"Be strict."});
  auto after = *config::load({config}, {}).value;
  CHECK_FALSE(before == after);
  auto all = config::diff(before, after);
  REQUIRE(all.size() == 1);
  CHECK(all[0].pointer == "/strategies/s/llm/prompt_file");
  CHECK(all[0].before == '"' + path + '"');
  CHECK(all[0].after == '"' + path + "\" (its text has changed)");
  CHECK_FALSE(all[0].needs_restart);
  write("c.json", strategy_text("{}"));
  all = config::diff(after, *config::load({config}, {}).value);
  REQUIRE(all.size() == 1);
  CHECK(all[0].after == "null");
}

TEST_CASE_METHOD(folder, "the printed configuration finds the prompt anywhere",
                 "[prompt_file]") {
  auto path = write("prompt.txt", minimal);
  auto x = *config::load({config}, {}).value;
  auto text = config::print_effective(x);
  CHECK_THAT(text, Contains("\"prompt_file\": \"" + path + '"'));
  CHECK(good(text) == x);
}

TEST_CASE("the example of a prompt is good, as its users name it",
          "[prompt_file]") {
  auto path = std::filesystem::weakly_canonical(
    TESTS_DIR "/../deploy/prompts/ichimoku.txt");
  auto x = strategy_of(R"({"llm": {"prompt_file": ")" + path.string() + "\"}}");
  CHECK_THAT(system_of(x), Contains("A bot that follows trends by the Ichimoku "
                                    "cloud is about to open a long position"));
  CHECK_THAT(system_of(x), Contains("Answer with one JSON object"));
}

TEST_CASE("the example in the README is a good template", "[prompt_file]") {
  std::ifstream in{TESTS_DIR "/../README.md", std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto from = text.find("```\n", text.find("### A prompt of your own"));
  REQUIRE(from != text.npos);
  from += 4;
  auto x = core::prompt_template::parse(
    text.substr(from, text.find("```\n", from) - from));
  INFO(x.problem.message);
  REQUIRE(x.value);
  CHECK(x.value->system());
}

TEST_CASE_METHOD(folder,
                 "a template for batches keeps one pair's data out of the "
                 "system message",
                 "[prompt_file]") {
  write("prompt.txt", "Judge {{pair}}, {{side}}.\n---\n{{candles}}\n");
  with_batch(2);
  CHECK_THAT(error().message, Catch::Contains("has {{pair}} in its system")
                                && Catch::Contains("max_pairs to 1"));
  with_batch(1);
  CHECK(strategy().prompt);
  write("prompt.txt",
        "Judge {{timeframe}}, {{side}}.\n---\n{{pair}}\n{{candles}}\n");
  with_batch(2);
  CHECK(strategy().prompt);
}

TEST_CASE_METHOD(folder,
                 "a template is bounded for all pairs of a batch together",
                 "[prompt_file]") {
  write("prompt.txt", std::string(5'000, 'x') + "\n{{pair}}\n{{candles}}\n");
  with_batch(100);
  CHECK_THAT(error().message, Catch::Contains("for 100 pairs, may make 256")
                                && Catch::Contains("lower batch.max_pairs"));
  with_batch(20);
  CHECK(strategy().prompt);
}
