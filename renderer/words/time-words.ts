import { t } from '.';

/** `3 h 20 min`, `4 min 05 s`, `12 s`, `0.8 s`. */
export function durationWords(seconds: number): string {
  const { time } = t();
  if (seconds < 10) return time.seconds(seconds.toFixed(1));
  const whole = Math.round(seconds);
  const two = (part: number): string => String(part).padStart(2, '0');
  if (whole < 60) return time.seconds(String(whole));
  if (whole < 3600) return time.minutes(Math.floor(whole / 60), two(whole % 60));
  return time.hours(Math.floor(whole / 3600), two(Math.floor((whole % 3600) / 60)));
}

/** `about 12 min`: rounded so that it stays steady while it is read. */
export function etaWords(seconds: number): string {
  const { time } = t();
  if (seconds < 50) return time.about(time.seconds(String(Math.max(5, Math.ceil(seconds / 5) * 5))));
  if (seconds < 3600) return time.aboutMinutes(Math.max(1, Math.round(seconds / 60)));
  const minutes = Math.round(seconds / 600) * 10;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours < 48 ? time.aboutHours(hours, rest) : time.aboutDays(Math.round(hours / 24));
}

/** An estimate's two bounds, or one word where they say the same. */
export function estimateWords({ low, high }: { readonly low: number; readonly high: number }): string {
  const [least, most] = [etaWords(low), etaWords(high)];
  if (least === most) return most;
  const about = /^(about|约)\s*/;
  return t().cost.between(least.replace(about, ''), most.replace(about, ''));
}
