/** Tests that need what is not installed here are skipped aloud: with the command that would install it. */

/** Says so when it is not there. @returns whether it is absent, as `skipIf` wants to know. */
export function absent(isThere: boolean, what: string, command: string): boolean {
  if (!isThere) process.stderr.write(`SKIPPED: ${what} not installed; run: ${command}\n`);
  return !isThere;
}
