/** Why a time stamp proves nothing. */
export class TimeStampRefused extends Error {
  override readonly name = 'TimeStampRefused';
}
