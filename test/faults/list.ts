/** All faults, in the order of the page. */

import { broker } from './broker.ts';
import { deaths } from './deaths.ts';
import type { Theme } from './fault.ts';
import { framing } from './framing.ts';
import { ids } from './ids.ts';
import { isolation } from './isolation.ts';
import { machine } from './machine.ts';
import { network } from './network.ts';
import { sessions } from './sessions.ts';
import { signals } from './signals.ts';
import { sizes } from './sizes.ts';
import { slow } from './slow.ts';

export const themes: readonly Theme[] = [
  framing,
  ids,
  sessions,
  sizes,
  deaths,
  slow,
  signals,
  isolation,
  network,
  machine,
  broker,
];
