/** Text as it may stand in XML and HTML, between tags and in quoted attributes: it is read as text there, whatever is in it. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters but tabs and line ends are not allowed there, however they are written: each becomes U+FFFD. */
export function escapedMarkup(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => entities[mark]!).replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD');
}
