#pragma once

#include "config/fields.hpp"

#include <cmath>

// How fields are made out of references to settings; for `describe` alone.
namespace riskbreaker::config {

/// No duration is longer than a year: what is, was meant in milliseconds.
inline constexpr double max_seconds = 31'536'000;

/// No count is larger; doubles hold all whole numbers up to 2^53.
inline constexpr double max_count = 1e15;

inline range between(double min, double max, const char* why = "") {
  return {min, max, false, false, why};
}

inline range above(double min, double max, const char* why = "") {
  return {min, max, true, false, why};
}

template <class T>
number_field count(const char* key, const char* about, T& x, range allowed) {
  return {key,
          about,
          allowed,
          true,
          false,
          [&x] { return std::optional{static_cast<double>(x)}; },
          [&x](auto v) {
            x = static_cast<T>(*v);
          }};
}

template <class T>
number_field
count(const char* key, const char* about, std::optional<T>& x, range allowed) {
  return {
    key,
    about,
    allowed,
    true,
    true,
    [&x] { return x ? std::optional{static_cast<double>(*x)} : std::nullopt; },
    [&x](auto v) {
      x = v ? std::optional{static_cast<T>(*v)} : std::nullopt;
    }};
}

inline number_field real(const char* key, const char* about, double& x,
                         range allowed) {
  return {key,
          about,
          allowed,
          false,
          false,
          [&x] { return std::optional{x}; },
          [&x](auto v) {
            x = *v;
          }};
}

inline number_field real(const char* key, const char* about,
                         std::optional<double>& x, range allowed) {
  return {key,
          about,
          allowed,
          false,
          true,
          [&x] { return x; },
          [&x](auto v) {
            x = v;
          }};
}

inline number_field milliseconds(const char* key, const char* about,
                                 core::milliseconds& x, range allowed) {
  return {key,
          about,
          allowed,
          true,
          false,
          [&x] { return std::optional{static_cast<double>(x.count())}; },
          [&x](auto v) {
            x = core::milliseconds{std::llround(*v)};
          }};
}

inline number_field seconds(const char* key, const char* about,
                            core::milliseconds& x, range allowed) {
  // Under a millisecond would come out as 0, which is something else.
  if (allowed.above_min && allowed.min == 0)
    allowed = {0.001, allowed.max, false, allowed.below_max, allowed.why};
  return {key,
          about,
          allowed,
          false,
          false,
          [&x] { return std::optional{static_cast<double>(x.count()) / 1000}; },
          [&x](auto v) {
            x = core::milliseconds{std::llround(*v * 1000)};
          }};
}

/// A text; an optional one may be null.
text_field words(const char* key, const char* about, std::string& x,
                 complaint (*check)(const std::string&));
text_field words(const char* key, const char* about,
                 std::optional<std::string>& x,
                 complaint (*check)(const std::string&));

/// A text that is empty when the key is null or not there. A wrong value is
/// not repeated in messages.
text_field private_words(const char* key, const char* about, std::string& x,
                         complaint (*check)(const std::string&));

/// A list of texts, which may be empty.
list_field word_list(const char* key, const char* about, const char* example,
                     std::vector<std::string>& x,
                     complaint (*check)(const std::string&));

/// One of an enum's names.
template <class E>
text_field choice(const char* key, const char* about, E& x,
                  std::vector<std::pair<const char*, E>> names) {
  text_field out;
  out.key = key;
  out.about = about;
  for (const auto& n : names)
    out.choices.push_back(n.first);
  out.get = [&x, names]() -> std::optional<std::string> {
    for (const auto& n : names)
      if (n.second == x)
        return n.first;
    return std::nullopt;
  };
  out.set = [&x, names](const std::optional<std::string>& v) {
    for (const auto& n : names)
      if (v && *v == n.first)
        x = n.second;
  };
  return out;
}

} // namespace riskbreaker::config
