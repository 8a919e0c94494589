/** What the form asks for; dates are days of whoever sits there. */
export interface Search {
  readonly caller: string;
  readonly dialed: string;
  readonly agent: string;
  readonly from: string;
  readonly to: string;
}

const fields = ['caller', 'dialed', 'agent', 'from', 'to'] as const;
const shownDays = 30;
const dayMs = 86_400_000;
const perPage = 50;

/** A day as a date field has it, in the time of whoever sits there. */
export function dayText(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Of the address; what one begins with is the last month. */
export function searchOf(parameters: URLSearchParams, now: Date): Search {
  const value = (name: (typeof fields)[number]): string => parameters.get(name) ?? '';
  const search = { ...{ caller: value('caller'), dialed: value('dialed'), agent: value('agent') } };
  const isAsked = fields.some(name => parameters.has(name));
  const from = isAsked ? value('from') : dayText(new Date(now.getTime() - shownDays * dayMs));
  return { ...search, from, to: value('to') };
}

/** For the address; an empty field is not in it. */
export function parametersOf(search: Search): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const name of fields) if (search[name].trim() !== '') parameters.set(name, search[name].trim());
  return parameters;
}

/** The beginning of a day, or of the day after it. */
function startOfDay(day: string, daysLater = 0): string | undefined {
  const [year = NaN, month = NaN, date = NaN] = day.split('-').map(Number);
  const start = new Date(year, month - 1, date + daysLater);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

/** What the server is asked by. A search without anything would be refused: everything began after 1970. */
export function criteriaOf(search: Search) {
  const texts = {
    callerPhoneNumber: search.caller.trim(),
    dialedPhoneNumber: search.dialed.trim(),
    userName: search.agent.trim(),
    startTime: startOfDay(search.from),
    endTime: startOfDay(search.to, 1),
  };
  const asked = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined && value !== ''));
  return Object.keys(asked).length === 0 ? { startTime: '1970-01-01T00:00:00.000Z' } : asked;
}

/** A page of what a search finds. */
export const queryOf = (search: Search, position: string | null) => ({
  ...criteriaOf(search),
  ...(position === null ? {} : { position }),
  limit: perPage,
});

/** Where the link to another page begins. */
export const positionOf = (uri: string | undefined): string | null =>
  uri === undefined ? null : new URL(uri).searchParams.get('position');
