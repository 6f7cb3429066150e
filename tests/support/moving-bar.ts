/** A bar that moves by 2 pixels a frame, on a wavy ground: [3, height, width] of 0 to 1. */
export function movingBar(index: number, width: number, height: number): Float32Array {
  return Float32Array.from({ length: 3 * width * height }, (_, at) => {
    const x = at % width;
    const y = Math.floor(at / width) % height;
    const inside = Math.abs(x - 8 - 2 * index) < 5 && y > 6 && y < height - 6;
    return inside ? 0.9 - 0.02 * y : 0.4 + 0.1 * Math.sin(x / 3 + y / 5);
  });
}
