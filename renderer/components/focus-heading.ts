/** Moves the focus to a panel's heading when the panel appears, so that keys and screen readers go on from there. */
export function focusHeading(heading: HTMLElement): void {
  heading.focus({ preventScroll: true });
}
