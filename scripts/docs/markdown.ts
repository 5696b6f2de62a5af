/** Pieces of Markdown: tables and code. Prettier lines the tables up afterwards, so nothing here counts columns. */

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return lines.join('\n');
}

/** A table cell is one line, and a bar would end it. */
function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function codes(texts: readonly string[]): string {
  return texts.map(code).join(', ');
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** Says at the top of a page where it comes from, for whoever wants to change it. */
export function generatedFrom(...sources: readonly string[]): string {
  return `<!-- Written by npm run docs from ${sources.join(', ')}. Change it there. -->`;
}

/** Milliseconds as a person says them, beside the number that a program takes. */
export function spokenMs(ms: number): string {
  if (ms === Infinity) return 'off';
  const [amount, unit] =
    ms % 3_600_000 === 0
      ? [ms / 3_600_000, 'h']
      : ms % 60_000 === 0
        ? [ms / 60_000, 'min']
        : ms % 1000 === 0
          ? [ms / 1000, 's']
          : [ms, 'ms'];
  return `${amount} ${unit}`;
}

/** Bytes as a person says them. */
export function spokenBytes(bytes: number): string {
  return bytes % 1_048_576 === 0 ? `${bytes / 1_048_576} MiB` : `${bytes} bytes`;
}
