/** Months are written `yyyy-MM` and begin and end in UTC. */
export const monthOf = (time: string): string => time.slice(0, 7);

export function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number)).toISOString().slice(0, 7);
}

/** ISO 8601. */
export const firstMoment = (month: string): string => `${month}-01T00:00:00.000Z`;
