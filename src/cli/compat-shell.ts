/** A command that was written for a shell, as words: without a shell where it needs none, so that the server leads its own processes. */

/** Whatever a shell would do something with, outside of quotes. */
const meantForShell = /[|&;<>()$`\\*?[\]{}!\n]|^[#~]/;

/** The words of the command; undefined where a shell has to read it. */
export function wordsOfCommand(text: string): readonly string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*((?:"[^"$`\\!]*"|'[^']*'|[^\s"'])+)/gy;
  let end = 0;
  for (const match of text.trimEnd().matchAll(pattern)) {
    const [whole, word = ''] = match;
    const bare = word.replaceAll(/"[^"]*"|'[^']*'/g, '');
    const isVariable = words.length === 0 && bare.includes('=');
    if (meantForShell.test(bare) || isVariable) return undefined;
    words.push(word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
    end = match.index + whole.length;
  }
  return end === text.trimEnd().length && words.length > 0 ? words : undefined;
}

/** A command for a shell as a command without one. */
export function commandOf(text: string, platform: NodeJS.Platform): readonly string[] {
  if (platform === 'win32') return wordsOfCommand(text) ?? ['cmd', '/d', '/s', '/c', text];
  return wordsOfCommand(text) ?? ['sh', '-c', text];
}

/** A word as a POSIX shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
