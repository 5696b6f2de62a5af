#!/usr/bin/env node
/** The file that is run. It is alone in its part of the bundle, so that no other part can run it a second time. */

void import('./start.ts').then(async ({ start }) => start(process.argv.slice(2), process.env));
