/** What went wrong, in words for people: of whatever was thrown, which need be no error. */

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What a call of the system says, without what Node adds behind the comma: the call and the path, which are known. */
export function systemReason(thrown: unknown): string {
  return messageOf(thrown).split(',', 1)[0] ?? '';
}
