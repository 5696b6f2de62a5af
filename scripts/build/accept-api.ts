/** Takes the reports of this build as the ones to review the next change by: `npm run api`. */

import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { entries, reportFolder } from './declarations.ts';

const folder = 'docs/api';

mkdirSync(folder, { recursive: true });
for (const { name } of entries) {
  const file = `${name}.api.md`;
  copyFileSync(join(reportFolder, file), join(folder, file));
}
