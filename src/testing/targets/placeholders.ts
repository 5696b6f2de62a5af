/** What stands in braces in the words of a command, in its environment and in its URL: known names alone, so that a word may have braces of its own. */

export type PlaceholderName = 'server' | 'server-url' | 'port' | 'url';

export type PlaceholderValues = Partial<Readonly<Record<PlaceholderName, string>>>;

const placeholder = /\{(server|server-url|port|url)\}/g;

/** Those that stand in any of the texts. */
export function placeholdersIn(texts: readonly string[]): ReadonlySet<PlaceholderName> {
  return new Set(texts.flatMap((text) => [...text.matchAll(placeholder)].map(([, name]) => name as PlaceholderName)));
}

/** What has no value stays as it is. */
export function filled(text: string, values: PlaceholderValues): string {
  return text.replaceAll(placeholder, (whole, name: PlaceholderName) => values[name] ?? whole);
}
