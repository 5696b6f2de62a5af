/** What all plots stand on: their size, title, and colours for light and for dark, which the reader's system chooses. */

import { escaped } from '../../../scripts/site/escaped.ts';

export interface Ground {
  readonly title: string;
  readonly words: string;
  readonly width: number;
  readonly height: number;
}

const style = `
svg { color-scheme: light dark; font: 12px system-ui, sans-serif; }
.ground { fill: #ffffff; } text { fill: #1a1d21; } .dim { fill: #565d68; } .head { font-weight: 600; } .title { font-size: 15px; font-weight: 600; }
.rule { stroke: #d9dde3; } .one { stroke: #8a929e; } .bar { stroke-width: 3; stroke-linecap: round; stroke-opacity: 0.5; }
.line { fill: none; stroke: #1a56b8; stroke-width: 1.5; }
.less { fill: #17683a; stroke: #17683a; } .more { fill: #8a4b00; stroke: #8a4b00; } .even { fill: #1a56b8; stroke: #1a56b8; }
@media (prefers-color-scheme: dark) {
.ground { fill: #14171c; } text { fill: #e4e7eb; } .dim { fill: #a0a8b4; }
.rule { stroke: #2d333d; } .one { stroke: #6b7482; } .line { stroke: #82b1ff; }
.less { fill: #62c98a; stroke: #62c98a; } .more { fill: #e9b04f; stroke: #e9b04f; } .even { fill: #82b1ff; stroke: #82b1ff; }
}
`;

/** The beginning of the SVG; `</svg>` is its end. */
export function axisStyle({ title, words, width, height }: Ground): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${height}" rx="6"/>`,
    `<text class="title" x="12" y="22">${escaped(title)}</text>`,
    `<text class="dim" x="12" y="39">${escaped(words)}</text>`,
  ].join('\n');
}

/** Three digits that mean something, as in the tables. */
export function figureText(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
