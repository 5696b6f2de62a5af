/** Writes the drawings of the charts that the inspector's page shows: `npm run charts`. */

import { writeFileSync } from 'node:fs';
import { layoutFiles } from './layout-files.ts';

for (const file of layoutFiles) {
  writeFileSync(file.path, await file.build());
  console.log(file.path);
}
