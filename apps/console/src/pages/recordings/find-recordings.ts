import { answerOf, api, type Schema } from '../../api/client.js';
import { queryOf, type Search } from './search.js';

export type FoundRecording = Schema<'RecordingOfPage'>;

/** @throws ApiProblem */
export const findRecordings = (search: Search, position: string | null, signal: AbortSignal) =>
  answerOf(api.GET('/api/v2/recordings', { params: { query: queryOf(search, position) }, signal }));
