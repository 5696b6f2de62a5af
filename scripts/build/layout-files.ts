/** The drawings that are kept with the sources, and the chart and shape of each. */

import { format } from 'prettier';
import { sessionMachine } from '../../machines/session.ts';
import { supervisorMachine } from '../../machines/supervisor.ts';
import { upstreamMachine } from '../../machines/upstream.ts';
import { type Shape, chartLayout } from './chart-layouts.ts';

export interface LayoutFile {
  readonly path: string;
  build(): Promise<string>;
}

const shapes: readonly Shape[] = ['narrow', 'wide'];

export const layoutFiles: readonly LayoutFile[] = [sessionMachine, upstreamMachine, supervisorMachine].flatMap(
  (machine) =>
    shapes.map((shape) => ({
      path: `src/inspector/layouts/${machine.id}-${shape}.json`,
      build: async () => format(JSON.stringify(await chartLayout(machine, shape)), { parser: 'json', printWidth: 120 }),
    })),
);
