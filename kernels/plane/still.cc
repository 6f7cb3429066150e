#include "still.h"

#include <algorithm>
#include <cmath>

namespace clearcut {
namespace {

constexpr size_t kLeastRows = 8;
// Rows of a band at least, and those beyond its ends that shape it: four 3×3 neighbourhoods are taken in turn.
constexpr size_t kBandRows = 32;
constexpr size_t kReach = 4;
// Two frames are the same up to the first, and not at all from the second on.
constexpr float kSame = 0.4f / 255.0f;
constexpr float kNotSame = 1.4f / 255.0f;
// They agree within noise up to the first, and not at all from the second on.
constexpr float kAgree = 1.5f / 255.0f;
constexpr float kDiffer = 4.0f / 255.0f;
// By how much more than the frames differ what was made departs from them where it wobbles.
constexpr float kWobbles = 2.0f / 255.0f;
constexpr float kSurelyWobbles = 4.0f / 255.0f;
// By how much what passes by between two frames that agree differs from both.
constexpr float kPasses = 12.0f / 255.0f;
constexpr float kSurelyPasses = 24.0f / 255.0f;

/** 0 at `none` to 255 at `all`, truncated. */
inline uint8_t ramp(float value, float none, float scale) {
  float t = (value - none) * scale;
  t = t > 0.0f ? t : 0.0f;
  t = t < 255.0f ? t : 255.0f;
  return static_cast<uint8_t>(static_cast<int32_t>(t));
}

/** Of each sample of a band of rows, 0 to 255. */
struct Ratings {
  uint8_t* same;
  uint8_t* agrees;
  uint8_t* wobbles;
  uint8_t* passes;
};

/** Row `row` of the pictures; the ratings go to `at`. */
void rate(const StillSources& from, size_t row, const Ratings& to, size_t at) {
  constexpr float sameScale = 255.0f / (kSame - kNotSame);
  constexpr float wobbleScale = 255.0f / (kSurelyWobbles - kWobbles);
  constexpr float agreeScale = 255.0f / (kAgree - kDiffer);
  constexpr float passScale = 255.0f / (kSurelyPasses - kPasses);
  const size_t area = from.width * from.height;
  const size_t start = row * from.width;
  for (size_t x = 0; x < from.width; x++) {
    float apart = 0;
    float warpsApart = 0;
    float away = 0;
    for (size_t channel = 0; channel < 3; channel++) {
      const size_t i = channel * area + start + x;
      const float previous = from.previous[i];
      const float first = from.warpedPrevious[i];
      const float second = from.warpedNext[i];
      const float a = std::fabs(previous - from.next[i]);
      const float b = std::fabs(first - second);
      const float c = std::fabs((first + second) * 0.5f - previous);
      apart = apart > a ? apart : a;
      warpsApart = warpsApart > b ? warpsApart : b;
      away = away > c ? away : c;
    }
    to.same[at + x] = ramp(apart, kNotSame, sameScale);
    to.agrees[at + x] = ramp(apart, kDiffer, agreeScale);
    to.wobbles[at + x] = ramp(away - apart, kWobbles, wobbleScale);
    to.passes[at + x] = ramp(away - 2.0f * warpsApart, kPasses, passScale);
  }
}

struct Least {
  uint8_t operator()(uint8_t a, uint8_t b) const { return a < b ? a : b; }
};
struct Most {
  uint8_t operator()(uint8_t a, uint8_t b) const { return a > b ? a : b; }
};

/** The least or most of each sample's 3×3 neighbourhood; beyond the edge there is nothing. `column`: [width]. */
template <typename Choose>
void around(const uint8_t* source, uint8_t* target, size_t width, size_t height, uint8_t* column) {
  const Choose choose;
  for (size_t y = 0; y < height; y++) {
    const uint8_t* const here = source + y * width;
    const uint8_t* const above = y > 0 ? here - width : here;
    const uint8_t* const below = y + 1 < height ? here + width : here;
    for (size_t x = 0; x < width; x++) column[x] = choose(choose(above[x], here[x]), below[x]);
    uint8_t* const out = target + y * width;
    out[0] = width > 1 ? choose(column[0], column[1]) : column[0];
    for (size_t x = 1; x + 1 < width; x++) out[x] = choose(choose(column[x - 1], column[x]), column[x + 1]);
    if (width > 1) out[width - 1] = choose(column[width - 2], column[width - 1]);
  }
}

/** Rows `from` to `to` of `still`. */
void findStillRows(const StillSources& sources, size_t from, size_t to, Scratch& scratch, uint8_t* still) {
  const size_t width = sources.width;
  const size_t top = from > kReach ? from - kReach : 0;
  const size_t height = std::min(sources.height, to + kReach) - top;
  const size_t area = width * height;
  uint8_t* const same = scratch.bytes(5 * area + width);
  uint8_t* const agrees = same + area;
  uint8_t* const wobbles = agrees + area;
  uint8_t* const passes = wobbles + area;
  uint8_t* const between = passes + area;
  uint8_t* const column = between + area;
  for (size_t y = 0; y < height; y++) rate(sources, top + y, {same, agrees, wobbles, passes}, y * width);
  around<Most>(wobbles, between, width, height, column);
  around<Most>(between, wobbles, width, height, column);
  for (size_t i = 0; i < area; i++) same[i] = std::max(same[i], std::min(agrees[i], wobbles[i]));
  around<Least>(same, between, width, height, column);
  around<Most>(between, same, width, height, column);
  around<Least>(passes, between, width, height, column);
  around<Most>(between, passes, width, height, column);
  uint8_t* const out = still + from * width;
  const size_t first = (from - top) * width;
  for (size_t i = 0; i < (to - from) * width; i++)
    out[i] = static_cast<uint8_t>((same[first + i] * (255u - passes[first + i]) + 127u) / 255u);
}

}  // namespace

void findStill(ThreadPool& pool, const StillSources& sources, uint8_t* still) {
  pool.forRange(sources.height, kBandRows, [&](size_t from, size_t to, Scratch& scratch) {
    findStillRows(sources, from, to, scratch, still);
  });
}

template <typename T>
void keepStill(ThreadPool& pool, const T* source, T* target, size_t width, size_t height, const uint8_t* still,
               size_t stillWidth, size_t stillHeight, int shiftX, int shiftY) {
  pool.forRange(height, kLeastRows, [=](size_t from, size_t to, Scratch& scratch) {
    uint8_t* const weights = scratch.bytes(width);
    for (size_t y = from; y < to; y++) {
      const size_t top = y << shiftY;
      const uint8_t* const first = still + top * stillWidth;
      const uint8_t* const second = shiftY > 0 && top + 1 < stillHeight ? first + stillWidth : first;
      for (size_t x = 0; x < width; x++) {
        const size_t left = x << shiftX;
        const size_t right = shiftX > 0 && left + 1 < stillWidth ? left + 1 : left;
        weights[x] = static_cast<uint8_t>((first[left] + first[right] + second[left] + second[right]) >> 2);
      }
      for (size_t x = 0; x < width; x++) {
        const uint32_t weight = weights[x];
        const uint32_t mixed = target[y * width + x] * (255u - weight) + source[y * width + x] * weight;
        target[y * width + x] = static_cast<T>((mixed + 127u) / 255u);
      }
    }
  });
}

template void keepStill(ThreadPool&, const uint8_t*, uint8_t*, size_t, size_t, const uint8_t*, size_t, size_t, int,
                        int);
template void keepStill(ThreadPool&, const uint16_t*, uint16_t*, size_t, size_t, const uint8_t*, size_t, size_t, int,
                        int);

}  // namespace clearcut
