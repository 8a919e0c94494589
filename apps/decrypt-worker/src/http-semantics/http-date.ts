const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const time = '\\d{2}:\\d{2}:\\d{2}';
const forms = [
  // IMF-fixdate
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{2} ${month} \\d{4} ${time} GMT$`),
  // rfc850-date
  new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \\d{2}-${month}-\\d{2} ${time} GMT$`),
];
const asctimeDate = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} [ \\d]\\d ${time} \\d{4}$`);

/**
 * Seconds since the epoch of an HTTP-date in one of the three forms of RFC 9110, 5.6.7; undefined for anything else,
 * because Date.parse alone takes "5" for a date and an asctime-date for local time.
 */
export function parseHttpDate(text: string): number | undefined {
  const value = text.trim();
  const date = asctimeDate.test(value) ? `${value} GMT` : value;
  if (date === value && !forms.some(form => form.test(value))) return undefined;
  const milliseconds = Date.parse(date);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
