/** The benches, in the order in which they run. */

import { adapter } from './adapter.ts';
import { clustered } from './cluster.ts';
import { exit } from './exit.ts';
import { frame } from './frame.ts';
import { hop } from './hop.ts';
import { hopHttpHttp } from './hop-http-http.ts';
import { hopHttpStdio } from './hop-http-stdio.ts';
import { hopStdioHttp } from './hop-stdio-http.ts';
import { hopBurst } from './hop-burst.ts';
import { hopPayload } from './hop-payload.ts';
import { httpFlood } from './http-flood.ts';
import { httpLongLines } from './http-long-lines.ts';
import { httpSlowReaders } from './http-slow-readers.ts';
import { httpScale } from './http-scale.ts';
import { httpSessions } from './http-sessions.ts';
import { hopTool } from './hop-tool.ts';
import type { Bench } from './measure.ts';
import { recorded } from './record.ts';
import { ruled } from './rules.ts';
import { scale } from './scale.ts';
import { inspector } from './inspector.ts';
import { sessions } from './sessions.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { telemetry } from './telemetry.ts';

export const benches: readonly Bench[] = [
  sessions,
  stop,
  frame,
  ruled,
  telemetry,
  adapter,
  scale,
  hop,
  hopBurst,
  hopPayload,
  hopTool,
  hopHttpStdio,
  hopHttpHttp,
  hopStdioHttp,
  inspector,
  recorded,
  httpScale,
  httpSessions,
  httpFlood,
  httpLongLines,
  httpSlowReaders,
  clustered,
  start,
  exit,
];
