/**
 * The place that a link names: seconds (`83.5`), `1:23`, `1:02:03`, or `1h2m3s`. Undefined for anything else.
 */
export function placeInLink(text: string | null): number | undefined {
  if (text === null) return undefined;
  const plain = /^\d+(\.\d+)?s?$/.exec(text);
  if (plain !== null) return Number.parseFloat(text);
  const clock = /^(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d+)?)$/.exec(text);
  const units = /^(?=.)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(text);
  const [, hours, minutes, seconds] = clock ?? units ?? [];
  if (clock === null && units === null) return undefined;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}

/** As a link names it: whole tenths of seconds. */
export const linkedPlace = (place: number): string => String(Math.round(place * 10) / 10);

/** For people: `1:05`, `2:03:04`. */
export function clockText(place: number): string {
  const whole = Math.max(0, Math.floor(place));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours > 0 ? `${String(hours)}:${two(minutes)}:${two(seconds)}` : `${String(minutes)}:${two(seconds)}`;
}
