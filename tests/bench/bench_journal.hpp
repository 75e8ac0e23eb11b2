#pragma once

#include "config/settings.hpp"

#include <filesystem>
#include <stdlib.h>
#include <string>

namespace riskbreaker::bench {

/// A journal in a folder that goes with it; one that keeps nothing has none.
class bench_journal {
public:
  /// "all", "llm", "none", or nothing for no journal at all.
  explicit bench_journal(std::string keeps) : keeps_(std::move(keeps)) {
    folder_
      = (std::filesystem::temp_directory_path() / "pipeline_XXXXXX").string();
    if (!keeps_.empty() && !mkdtemp(folder_.data()))
      keeps_.clear();
  }
  bench_journal(const bench_journal&) = delete;
  bench_journal& operator=(const bench_journal&) = delete;
  ~bench_journal() {
    if (!keeps_.empty())
      std::filesystem::remove_all(folder_);
  }

  config::journal_settings settings() const {
    config::journal_settings out;
    out.path.reset();
    if (!keeps_.empty())
      out.path = folder_ + "/journal.db";
    out.assessments = keeps_ == "all"   ? core::journaled::all
                      : keeps_ == "llm" ? core::journaled::llm
                                        : core::journaled::none;
    return out;
  }

  /// Begins with an empty file.
  void forget() const {
    if (keeps_.empty())
      return;
    for (const auto& x : std::filesystem::directory_iterator(folder_))
      std::filesystem::remove(x);
  }

  /// What it takes on disk.
  double megabytes() const {
    double out = 0;
    if (!keeps_.empty())
      for (const auto& x : std::filesystem::directory_iterator(folder_))
        if (!x.path().string().ends_with("-shm"))
          out += static_cast<double>(x.file_size()) / 1e6;
    return out;
  }

private:
  std::string keeps_;
  std::string folder_;
};

} // namespace riskbreaker::bench
