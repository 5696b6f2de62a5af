/**
 * The plots of docs/benchmarks.md: which of its numbers each shows. Numbers are found by how they are called, so that a section that is
 * measured for the first time is in the plots as well, and one that is gone is not.
 */

import { type CurvePanel, curvePlot } from './curve-plot.ts';
import { type Figure, type FigureSection, figuresIn } from './page-figures.ts';
import { type RatioGroup, type RatioRow, ratioPlot } from './ratio-plot.ts';

export interface Plot {
  /** Of the SVG, beside the page's own folder of pictures. */
  readonly file: string;
  /** Said in the place of the picture. */
  readonly title: string;
  draw(sections: readonly FigureSection[]): string;
}

export const plotFolder = 'docs/images';

export const plots: readonly Plot[] = [
  {
    file: 'benchmarks-ratios.svg',
    title: 'ninelives, by floors and by other proxies',
    draw(sections) {
      const words = 'Left of 1 x ninelives takes less. A dot is the median, its bar the interval of the table.';
      return ratioPlot(this.title, words, groupsOf(sections, besideOthers));
    },
  },
  {
    file: 'benchmarks-scale.svg',
    title: 'From few sessions to many',
    draw(sections) {
      return curvePlot(
        this.title,
        'Ten times as many sessions are always as far to the right. A bar is the interval of the table.',
        panelsOf(sections),
      );
    },
  },
  {
    file: 'benchmarks-switches.svg',
    title: 'What is switched on, by the same without it',
    draw(sections) {
      const words = 'What a table has as an addition is added to the median of the row without it.';
      return ratioPlot(this.title, words, groupsOf(sections, switchedOn));
    },
  },
];

/** The text of each SVG by its name. */
export function plotsOf(page: string): ReadonlyMap<string, string> {
  const sections = figuresIn(page);
  return new Map(plots.map((plot) => [plot.file, plot.draw(sections)]));
}

function groupsOf(
  sections: readonly FigureSection[],
  rowsIn: (section: FigureSection) => readonly RatioRow[],
): readonly RatioGroup[] {
  return sections
    .map((section) => ({ title: section.title, rows: rowsIn(section) }))
    .filter(({ rows }) => rows.length > 0);
}

function besideOthers({ figures }: FigureSection): readonly RatioRow[] {
  return figures
    .filter(({ unit, name }) => unit === 'x' && !name.includes('requests of'))
    .flatMap((figure) => {
      const [, before = '', , other] = /^(.*?)(of |added by )?ninelives,? by (.+)$/.exec(figure.name) ?? [];
      if (other !== undefined) return [rowOf(`${led(before)}by ${other}`, figure)];
      const [, what = '', peer] = /^(?:(.*?): )?(?:processor time of )?([^:]+), by ninelives$/.exec(figure.name) ?? [];
      return peer === undefined ? [] : [inverse(rowOf(`${led(what)}by ${peer}`, figure))];
    });
}

/** What stands before a name, without what every row of the plot says. */
function led(words: string): string {
  const said = words.replaceAll(/processor time,? ?|[:,]\s*$/g, '').replace(/[:,\s]+$/, '');
  return said === '' ? '' : `${said}, `;
}

function switchedOn({ figures }: FigureSection): readonly RatioRow[] {
  const ratios = figures.filter(({ unit, name }) => unit === 'x' && /by (?:not \w+|nobody looks)$/.test(name));
  const base = figures.find(
    ({ name, unit }) => unit === 'us' && /^(?:no rules, a frame|nobody looks, a pair)$/.test(name),
  );
  const added =
    base === undefined ? [] : figures.filter(({ name, unit }) => unit === 'us' && name.startsWith('added by '));
  return [
    ...ratios.filter(({ name }) => !name.includes('p99')).map((figure) => rowOf(figure.name, figure)),
    ...added.map(({ name, value, interval, unit }) => {
      const by = (extra: number): number => (base!.value + extra) / base!.value;
      const { low, high } = interval ?? { low: value, high: value };
      return rowOf(name.slice('added by '.length), {
        name,
        unit,
        value: by(value),
        interval: { low: by(low), high: by(high) },
      });
    }),
  ];
}

function panelsOf(sections: readonly FigureSection[]): readonly CurvePanel[] {
  return sections.flatMap(({ title, figures }) => {
    const panels = new Map<string, { readonly unit: string; readonly points: CurvePanel['points'][number][] }>();
    for (const figure of figures) {
      const [, sessions, what] = /^([\d,]+) sessions: (.+)$/.exec(figure.name) ?? [];
      if (sessions === undefined || what === undefined) continue;
      const panel = panels.get(what) ?? { unit: figure.unit, points: [] };
      const { value, low, high } = rowOf('', figure);
      panel.points.push({ x: Number(sessions.replaceAll(',', '')), value, low, high });
      panels.set(what, panel);
    }
    return [...panels]
      .filter(([, { points }]) => points.length >= 3)
      .map(([what, panel]) => ({ title: `${title}: ${what}`, ...panel }));
  });
}

function rowOf(name: string, { value, interval }: Figure): RatioRow {
  return { name, value, low: interval?.low ?? value, high: interval?.high ?? value };
}

function inverse({ name, value, low, high }: RatioRow): RatioRow {
  return { name, value: 1 / value, low: 1 / high, high: 1 / low };
}
