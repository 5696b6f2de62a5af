/** What a report of Stryker says, in our words: a score for each file, and the mutants that no test noticed. Reads no files. */

interface Position {
  readonly line: number;
  readonly column: number;
}

/** The part of Stryker's report (mutation-testing-report-schema, version 2) that is read here. */
export interface MutationReport {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string;
        readonly mutants: readonly {
          readonly mutatorName: string;
          readonly replacement?: string;
          readonly status: string;
          readonly location: { readonly start: Position; readonly end: Position };
        }[];
      }
    >
  >;
}

export interface Survivor {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly before: string;
  readonly after: string;
  /** No test ran the code at all. */
  readonly isUnvisited: boolean;
}

export interface FileScore {
  readonly path: string;
  readonly killed: number;
  /** Mutants that could have been killed. Those that broke the loading of the file are not counted at all. */
  readonly counted: number;
  readonly survivors: readonly Survivor[];
}

export function scoresOf(report: MutationReport): readonly FileScore[] {
  return Object.entries(report.files)
    .map(([path, { source, mutants }]) => {
      const killed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
      const survivors = mutants
        .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
        .map(({ location: { start, end }, replacement = '', status }) => ({
          path,
          line: start.line,
          column: start.column,
          before: textBetween(source, start, end),
          after: replacement,
          isUnvisited: status === 'NoCoverage',
        }));
      return { path, killed, counted: killed + survivors.length, survivors };
    })
    .filter(({ counted }) => counted > 0)
    .sort((a, b) => a.path.localeCompare(b.path));
}

/** 100 for nothing to kill. */
export function percent(scores: readonly FileScore[]): number {
  const counted = scores.reduce((sum, score) => sum + score.counted, 0);
  return counted === 0 ? 100 : (100 * scores.reduce((sum, score) => sum + score.killed, 0)) / counted;
}

export function survivorLine({ path, line, column, before, after, isUnvisited }: Survivor): string {
  const short = (text: string): string => {
    const oneLine = text.replaceAll(/\s+/g, ' ');
    return oneLine.length > 70 ? `${oneLine.slice(0, 67)}...` : oneLine;
  };
  return `${path}:${line}:${column}  ${short(before)}  ->  ${short(after)}${isUnvisited ? '  (no test comes here)' : ''}`;
}

function textBetween(source: string, start: Position, end: Position): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, index) => line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined))
    .join('\n');
}
