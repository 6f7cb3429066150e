/** How often a picture may be enlarged over its fitting size: single pixels are large squares then. */
const MOST = 32;
const LEAST = 1;

/** How a picture stands in its frame: fitted, or enlarged and moved. Offsets are pixels of the screen from the middle. */
export class Viewport {
  scale = $state(1);
  x = $state(0);
  y = $state(0);
  /** Size of the frame, and by what the picture is shrunk to fit; the frame tells. */
  width = 0;
  height = 0;
  fitting = 1;

  get fitted(): boolean {
    return this.scale === 1;
  }

  /** Screen pixels a picture's pixel, in percent. */
  get percent(): number {
    return Math.round(this.scale * this.fitting * 100);
  }

  get transform(): string {
    return `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
  }

  /** Enlarges by `factor`; what is under the point (from the middle) stays there. */
  zoom(factor: number, pointX = 0, pointY = 0): void {
    this.to(this.scale * factor, pointX, pointY);
  }

  to(scale: number, pointX = 0, pointY = 0): void {
    const next = Math.min(MOST, Math.max(LEAST, scale));
    const by = next / this.scale;
    this.scale = next;
    this.#place(pointX - (pointX - this.x) * by, pointY - (pointY - this.y) * by);
  }

  fit(): void {
    this.scale = 1;
    this.x = 0;
    this.y = 0;
  }

  /** A pixel of the picture is one of the screen, or fitted where it was so already. */
  toggleActual(pointX = 0, pointY = 0): void {
    const actual = 1 / this.fitting;
    if (Math.abs(this.scale - actual) < 1e-3) this.fit();
    else this.to(actual, pointX, pointY);
  }

  pan(byX: number, byY: number): void {
    this.#place(this.x + byX, this.y + byY);
  }

  /** No further than to the picture's borders. */
  #place(x: number, y: number): void {
    const [mostX, mostY] = [(this.width * (this.scale - 1)) / 2, (this.height * (this.scale - 1)) / 2];
    this.x = Math.min(mostX, Math.max(-mostX, x));
    this.y = Math.min(mostY, Math.max(-mostY, y));
  }
}
