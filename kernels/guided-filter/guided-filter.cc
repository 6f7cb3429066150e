#include "guided-filter.h"

#include <algorithm>
#include <cmath>

namespace clearcut {
namespace {

constexpr size_t kRadius = 2;
constexpr double kEpsilon = 1e-4;
constexpr double kGain = 3;
/** A model that explains this share of a window's coverage counts in full. */
constexpr double kEnough = 0.5;
constexpr double kLeastVariance = 1e-3;
/** Components, coverage, components · coverage, components · components, coverage². */
constexpr size_t kMoments = 14;
/** Factors of the components, what is added, the factor of the coverage. */
constexpr size_t kLine = 5;

/** Cells of one axis. */
struct Axis {
  size_t first = 0;
  size_t count = 0;
  double step = 0;  // pixels of the picture in a cell
};

struct Place {
  size_t near = 0;
  size_t far = 0;
  float share = 0;
};

Axis axisOf(size_t start, size_t length, size_t whole, size_t small, size_t cell) {
  const double step = static_cast<double>(cell * whole) / static_cast<double>(small);
  const size_t cells = (small + cell - 1) / cell;
  const size_t first = std::min(static_cast<size_t>(static_cast<double>(start) / step), cells - 1);
  const size_t end = std::min(static_cast<size_t>(static_cast<double>(start + length - 1) / step) + 1, cells);
  return {first, std::max(end, first + 1) - first, step};
}

Place placeOf(size_t pixel, const Axis& axis) {
  const double at = std::clamp((static_cast<double>(pixel) + 0.5) / axis.step - 0.5 - static_cast<double>(axis.first), 0.0,
                               static_cast<double>(axis.count - 1));
  const auto cell = static_cast<size_t>(at);
  return {cell, std::min(cell + 1, axis.count - 1), static_cast<float>(at - static_cast<double>(cell))};
}

/** Pixels of the region in a cell: those whose middles lie in it, or the nearest one. */
struct Span {
  size_t from = 0;
  size_t to = 0;
};

Span spanOf(size_t start, size_t length, const Axis& axis, size_t cell) {
  const auto at = static_cast<double>(axis.first + cell);
  const auto begin = static_cast<double>(start);
  const double from = std::max(std::ceil(at * axis.step - 0.5) - begin, 0.0);
  const double to = std::min(std::ceil((at + 1) * axis.step - 0.5) - begin, static_cast<double>(length));
  if (from < to) return {static_cast<size_t>(from), static_cast<size_t>(to)};
  const double nearest =
      std::clamp(std::floor((at + 0.5) * axis.step) - begin, 0.0, static_cast<double>(length) - 1);
  return {static_cast<size_t>(nearest), static_cast<size_t>(nearest) + 1};
}

double guideOf(const GuidedWork& work, size_t plane, size_t column, size_t row) {
  const float* const data = work.small + plane * work.smallRows * work.smallStride;
  const size_t right = std::min(work.cell * (column + 1), work.smallWidth);
  const size_t bottom = std::min(work.cell * (row + 1), work.smallHeight);
  double sum = 0;
  for (size_t y = work.cell * row; y < bottom; y++)
    for (size_t x = work.cell * column; x < right; x++) sum += data[y * work.smallStride + x];
  return sum / static_cast<double>((right - work.cell * column) * (bottom - work.cell * row));
}

double coverageOf(const GuidedWork& work, Span columns, Span rows) {
  uint64_t sum = 0;
  for (size_t row = rows.from; row < rows.to; row++)
    for (size_t at = columns.from; at < columns.to; at++) sum += work.matte[row * work.width + at];
  return static_cast<double>(sum) / (255.0 * static_cast<double>((columns.to - columns.from) * (rows.to - rows.from)));
}

void measure(const GuidedWork& work, const Axis& across, const Axis& down, double* moments) {
  for (size_t row = 0; row < down.count; row++) {
    const Span rows = spanOf(work.y, work.height, down, row);
    for (size_t column = 0; column < across.count; column++, moments += kMoments) {
      const double red = guideOf(work, 0, across.first + column, down.first + row);
      const double green = guideOf(work, 1, across.first + column, down.first + row);
      const double blue = guideOf(work, 2, across.first + column, down.first + row);
      const double p = coverageOf(work, spanOf(work.x, work.width, across, column), rows);
      const double values[kMoments] = {red,       green,       blue,       p,          red * p,     green * p, blue * p,
                                       red * red, red * green, red * blue, green * green, green * blue, blue * blue, p * p};
      std::copy(values, values + kMoments, moments);
    }
  }
}

/** The mean of each cell's window in place, cut off at the region's border; across, then down. `sums` is as large. */
template <size_t kChannels>
void windowMeans(size_t columns, size_t rows, double* values, double* sums) {
  const auto first = [](size_t at) { return at > kRadius ? at - kRadius : 0; };
  const auto last = [](size_t at, size_t count) { return std::min(at + kRadius, count - 1); };
  for (size_t row = 0; row < rows; row++)
    for (size_t column = 0; column < columns; column++) {
      double* const sum = sums + kChannels * (row * columns + column);
      std::fill(sum, sum + kChannels, 0.0);
      for (size_t other = first(column); other <= last(column, columns); other++) {
        const double* const value = values + kChannels * (row * columns + other);
        for (size_t channel = 0; channel < kChannels; channel++) sum[channel] += value[channel];
      }
    }
  for (size_t row = 0; row < rows; row++)
    for (size_t column = 0; column < columns; column++) {
      double* const mean = values + kChannels * (row * columns + column);
      std::fill(mean, mean + kChannels, 0.0);
      for (size_t other = first(row); other <= last(row, rows); other++) {
        const double* const sum = sums + kChannels * (other * columns + column);
        for (size_t channel = 0; channel < kChannels; channel++) mean[channel] += sum[channel];
      }
      const auto count = static_cast<double>((last(column, columns) - first(column) + 1) * (last(row, rows) - first(row) + 1));
      for (size_t channel = 0; channel < kChannels; channel++) mean[channel] /= count;
    }
}

/** The linear model of coverage by the components that fits a window best, as far as it explains it. */
void fit(const double* m, double* line) {
  const double r = m[0], g = m[1], b = m[2], p = m[3];
  const double s00 = m[7] - r * r + kEpsilon, s01 = m[8] - r * g, s02 = m[9] - r * b;
  const double s11 = m[10] - g * g + kEpsilon, s12 = m[11] - g * b, s22 = m[12] - b * b + kEpsilon;
  const double v0 = m[4] - r * p, v1 = m[5] - g * p, v2 = m[6] - b * p;
  const double c00 = s11 * s22 - s12 * s12;
  const double c01 = s02 * s12 - s01 * s22;
  const double c02 = s01 * s12 - s02 * s11;
  const double c11 = s00 * s22 - s02 * s02;
  const double c12 = s01 * s02 - s00 * s12;
  const double c22 = s00 * s11 - s01 * s01;
  const double determinant = s00 * c00 + s01 * c01 + s02 * c02;
  const double a0 = (c00 * v0 + c01 * v1 + c02 * v2) / determinant;
  const double a1 = (c01 * v0 + c11 * v1 + c12 * v2) / determinant;
  const double a2 = (c02 * v0 + c12 * v1 + c22 * v2) / determinant;
  const double explained = (a0 * v0 + a1 * v1 + a2 * v2) / (m[13] - p * p + kLeastVariance);
  const double share = std::clamp(explained / kEnough, 0.0, 1.0);
  line[0] = share * a0;
  line[1] = share * a1;
  line[2] = share * a2;
  line[3] = share * (p - (a0 * r + a1 * g + a2 * b));
  line[4] = 1 - share;
}

/** Models of a row of cells drawn out to the region's columns: [kLine, width]. */
void drawOut(const double* lines, const Place* places, size_t width, float* target) {
  for (size_t channel = 0; channel < kLine; channel++)
    for (size_t x = 0; x < width; x++) {
      const Place& place = places[x];
      const auto near = static_cast<float>(lines[kLine * place.near + channel]);
      const auto far = static_cast<float>(lines[kLine * place.far + channel]);
      target[channel * width + x] = near + (far - near) * place.share;
    }
}

inline float mixed(float from, float to, float share) { return from + (to - from) * share; }

/** Compilers make vectors of it where they know that nothing overlaps, which they believe of parameters alone. */
void cover(size_t width, float share, const float* __restrict top, const float* __restrict bottom,
           const float* __restrict red, const float* __restrict green, const float* __restrict blue,
           uint8_t* __restrict matte) {
  for (size_t x = 0; x < width; x++) {
    const float a0 = mixed(top[x], bottom[x], share);
    const float a1 = mixed(top[width + x], bottom[width + x], share);
    const float a2 = mixed(top[2 * width + x], bottom[2 * width + x], share);
    const float b = mixed(top[3 * width + x], bottom[3 * width + x], share);
    const float keep = mixed(top[4 * width + x], bottom[4 * width + x], share);
    const auto before = static_cast<float>(static_cast<int32_t>(matte[x]));
    const float covered = a0 * red[x] + a1 * green[x] + a2 * blue[x] + keep * before + b + 0.5f;
    const float least = covered > 0.0f ? covered : 0.0f;
    matte[x] = static_cast<uint8_t>(static_cast<int32_t>(least < 255.0f ? least : 255.0f));
  }
}

void guide(const GuidedWork& work, Scratch& scratch) {
  const Axis across = axisOf(work.x, work.width, work.pictureWidth, work.smallWidth, work.cell);
  const Axis down = axisOf(work.y, work.height, work.pictureHeight, work.smallHeight, work.cell);
  const size_t cells = across.count * down.count;
  const size_t bytes = (2 * kMoments + kLine) * cells * sizeof(double) + work.width * sizeof(Place) +
                       2 * kLine * work.width * sizeof(float);
  auto* const moments = reinterpret_cast<double*>(scratch.bytes(bytes));
  double* const sums = moments + kMoments * cells;
  double* const lines = sums + kMoments * cells;
  auto* const places = reinterpret_cast<Place*>(lines + kLine * cells);
  auto* top = reinterpret_cast<float*>(places + work.width);
  auto* bottom = top + kLine * work.width;

  measure(work, across, down, moments);
  windowMeans<kMoments>(across.count, down.count, moments, sums);
  for (size_t cell = 0; cell < cells; cell++) fit(moments + kMoments * cell, lines + kLine * cell);
  windowMeans<kLine>(across.count, down.count, lines, sums);
  for (size_t cell = 0; cell < cells; cell++) {
    double* const line = lines + kLine * cell;
    for (size_t channel = 0; channel < 3; channel++) line[channel] = 255 * kGain * line[channel];
    line[3] = 255 * (kGain * (line[3] - 0.5) + 0.5);
    line[4] = kGain * line[4];
  }

  for (size_t x = 0; x < work.width; x++) places[x] = placeOf(work.x + x, across);
  size_t drawnTop = cells;
  size_t drawnBottom = cells;
  for (size_t row = 0; row < work.height; row++) {
    const Place place = placeOf(work.y + row, down);
    if (place.near == drawnBottom) {
      std::swap(top, bottom);
      drawnTop = drawnBottom;
      drawnBottom = cells;
    }
    if (place.near != drawnTop) drawOut(lines + kLine * place.near * across.count, places, work.width, top);
    if (place.far != drawnBottom) drawOut(lines + kLine * place.far * across.count, places, work.width, bottom);
    drawnTop = place.near;
    drawnBottom = place.far;
    const size_t plane = work.pictureWidth * work.pictureHeight;
    const float* const red = work.picture + (work.y + row) * work.pictureWidth + work.x;
    cover(work.width, place.share, top, bottom, red, red + plane, red + 2 * plane, work.matte + row * work.width);
  }
}

}  // namespace

void guideMattes(ThreadPool& pool, const std::vector<GuidedWork>& works) {
  pool.forRange(works.size(), 1, [&](size_t from, size_t to, Scratch& scratch) {
    for (size_t index = from; index < to; index++)
      if (works[index].width > 0 && works[index].height > 0) guide(works[index], scratch);
  });
}

}  // namespace clearcut
