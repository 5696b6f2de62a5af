import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const built = new URL('../../dist/src/cli/version.js', import.meta.url);

test('the built command knows the version of the package that it lies in, from whatever folder it is run', () => {
  const script = `import { packageVersion } from ${JSON.stringify(built.href)}; process.stdout.write(packageVersion());`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: '/', encoding: 'utf8' });
  expect(said).toBe(version);
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
});

test('--version and -V print it, and nothing else', () => {
  const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
  for (const flag of ['--version', '-V']) {
    expect(execFileSync(process.execPath, [main, flag], { encoding: 'utf8' })).toBe(`${version}\n`);
  }
});
