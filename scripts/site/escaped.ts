/** Text as it may stand in HTML, within quotes too, and in a page that Vue compiles. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '{': '&#123;',
  '}': '&#125;',
};

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"{}]/g, (character) => entities[character]!);
}
