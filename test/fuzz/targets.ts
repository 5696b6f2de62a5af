/** All that is fuzzed. */

import type { FuzzTarget } from './fuzz-target.ts';
import { cluster } from './targets/cluster.ts';
import { config } from './targets/config.ts';
import { httpFront, webSocketFront } from './targets/fronts.ts';
import { http } from './targets/http.ts';
import { lines } from './targets/lines.ts';
import { rules } from './targets/rules.ts';
import { scan } from './targets/scan.ts';
import { sse } from './targets/sse.ts';
import { tape } from './targets/tape.ts';

export const targets: readonly FuzzTarget[] = [
  scan,
  lines,
  sse,
  http,
  config,
  rules,
  tape,
  cluster,
  httpFront,
  webSocketFront,
];
