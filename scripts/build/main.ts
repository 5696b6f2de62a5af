/** Makes what users run and what their compilers read, after `tsc -b` has checked the sources: `npm run build`. */

import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleCommand } from './bundle.ts';
import { writeDeclarations } from './declarations.ts';
import { noticesOf, packagesIn } from './notices.ts';
import { buildPage } from './page.ts';

const folder = 'dist/bin';
const notices = 'THIRD-PARTY-NOTICES.md';

const pageModules = await buildPage();
const { entry, files, modules } = await bundleCommand('src/cli/main.ts', folder);
chmodSync(join(folder, entry), 0o755);
writeFileSync(join(folder, notices), noticesOf(packagesIn([...modules, ...pageModules])));
for (const stale of readdirSync(folder).filter((name) => name !== notices && !files.includes(name))) {
  rmSync(join(folder, stale));
}

await writeDeclarations();
