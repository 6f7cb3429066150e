/**
 * Gives the focus to a panel's heading where the panel took the place of what had it, so that keys and
 * screen readers go on from there. A focus that is elsewhere stays where it is.
 */
export function focusHeading(heading: HTMLElement): void {
  const { activeElement, body } = document;
  if (activeElement === null || activeElement === body) heading.focus({ preventScroll: true });
}
