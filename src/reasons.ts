/** What went wrong, in words for people and as the system calls it: of whatever was thrown, which need be no error. */

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What a call of the system says, without what Node adds behind the comma: the call and the path, which are known. */
export function systemReason(thrown: unknown): string {
  return messageOf(thrown).split(',', 1)[0] ?? '';
}

/** What the system calls it (`ENOENT`); undefined where the system did not throw it. */
export function systemCode(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
