import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { containerRun } from '../../src/transports/child-container.ts';

const words = (line: string): readonly string[] => line.split(' ').filter((word) => word !== '');

/** What becomes of a command line: how it is started, and how its container is killed. Undefined when it is left alone. */
function told(line: string): readonly [started: string, killed: string] | undefined {
  const [command = '', ...args] = words(line);
  const run = containerRun(command, args, () => 'NEW');
  return run && [[command, ...run.args].join(' '), [command, ...run.killArgs].join(' ')];
}

describe('the client of a container', () => {
  test.each([
    ['docker run -i --rm mcp/time', 'docker run --name NEW -i --rm mcp/time', 'docker kill NEW'],
    ['podman run -i mcp/time', 'podman run --name NEW -i mcp/time', 'podman kill NEW'],
    ['nerdctl container run -i x', 'nerdctl container run --name NEW -i x', 'nerdctl kill NEW'],
    ['docker --context far -D run x', 'docker --context far -D run --name NEW x', 'docker --context far -D kill NEW'],
    [
      'docker -H=tcp://far --tls run x',
      'docker -H=tcp://far --tls run --name NEW x',
      'docker -H=tcp://far --tls kill NEW',
    ],
    ['nerdctl -n k8s.io run x', 'nerdctl -n k8s.io run --name NEW x', 'nerdctl -n k8s.io kill NEW'],
    ['/usr/bin/docker run x', '/usr/bin/docker run --name NEW x', '/usr/bin/docker kill NEW'],
    ['C:\\Docker\\docker.EXE run x', 'C:\\Docker\\docker.EXE run --name NEW x', 'C:\\Docker\\docker.EXE kill NEW'],
  ])('is told a name, by which the container is killed: %s', (line, started, killed) => {
    expect(told(line)).toEqual([started, killed]);
  });

  test.each([
    'docker run -i --name mine x',
    'docker run --name=mine x',
    'docker run --memory-swap -1 -e --name=x --name mine x',
    'docker run --name first --name mine x',
  ])('that was told a name by others keeps it: %s', (line) => {
    expect(told(line)).toEqual([line, 'docker kill mine']);
    expect(containerRun('docker', words(line).slice(1), () => 'NEW')?.isNewName).toBe(false);
  });

  test.each([
    'docker run -d x',
    'docker run -itd x',
    'docker run --detach x',
    'docker run -i --detach=true x',
    'docker run -d=1 x',
  ])('that leaves its container alone is left alone: %s', (line) => {
    expect(told(line)).toBeUndefined();
  });

  test.each([
    'docker run --detach=false x',
    'docker run -d=0 x',
    'docker run -iePATH -e d x',
    'docker run -ted x',
    'docker run --env -d x',
    'docker run -i x -d --name other',
    'docker run -i -- x -d',
    'docker run - -d',
    'docker run',
  ])('is not misread: %s', (line) => {
    const rest = words(line).slice(2).join(' ');
    expect(told(line)).toEqual([`docker run --name NEW ${rest}`.trim(), 'docker kill NEW']);
  });

  test.each([
    'npx -y docker run x',
    'node docker run x',
    'docker-compose run x',
    'dockerd run x',
    'docker compose run x',
    'docker exec -i run x',
    'docker --context run',
    'docker',
    'docker container ls run',
    'docker/run run x',
  ])('is something else than this: %s', (line) => {
    expect(told(line)).toBeUndefined();
  });
});

test('what follows the image, or stands in a value, decides nothing', () => {
  const anyWord = fc.oneof(
    fc.constantFrom('-d', '--detach', '--name', '--name=other', 'run', '--', '-id', '-'),
    fc.string({ minLength: 1 }),
  );
  const option = fc.oneof(
    fc.constantFrom('-i', '--rm', '-it', '--init', '--read-only', '-P').map((word) => [word]),
    fc.tuple(fc.constantFrom('-e', '--env', '-v', '-w', '--mount', '-ie', '--label'), anyWord).map((pair) => [...pair]),
    fc
      .tuple(fc.constantFrom('--env=', '-e=', '--cidfile=', '-v'), fc.string({ minLength: 1 }))
      .map((pair) => [pair.join('')]),
  );
  fc.assert(
    fc.property(fc.array(option), fc.array(anyWord), (options, server) => {
      const args = ['run', ...options.flat(), 'image', ...server];
      expect(containerRun('docker', args, () => 'NEW')).toEqual({
        args: ['run', '--name', 'NEW', ...args.slice(1)],
        killArgs: ['kill', 'NEW'],
        isNewName: true,
      });
    }),
  );
});
