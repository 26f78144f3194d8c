import { execFileSync } from 'node:child_process';
import { copyFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from '../support/project';

/* A builder's own commands, one after the other: a new agent, tools of an API, a look at what came of it. */
const ROOT = join(__dirname, '../../..');

describe('agent import openapi, of a project', () => {
  const project = new Project();
  afterAll(() => project.remove());
  const ops = (...argv: string[]): string =>
    execFileSync(process.execPath, [join(ROOT, 'ops/bin.mjs'), ...argv], { cwd: project.folder, encoding: 'utf8' });
  const node = (...argv: string[]): string =>
    execFileSync(process.execPath, argv, { cwd: project.folder, encoding: 'utf8' });

  it('writes what Prettier, the compiler and the checks of agents take as it is', () => {
    for (const name of ['contract', 'node_modules', '.prettierrc.json'])
      symlinkSync(join(ROOT, name), project.path(name));
    copyFileSync(join(__dirname, 'documents/petstore.yaml'), project.path('petstore.yaml'));
    ops('agent', 'new', 'shop', '--business', 'the pet shop');
    const operations = 'getPetById,findPetsByStatus,addPet,deletePet';
    const told = ops('agent', 'import', 'openapi', 'petstore.yaml', '--agent', 'shop', '--operation', operations);
    expect(told).toContain("import { swaggerPetstore } from './swagger-petstore';");

    const agent = project.read('agents/shop/agent.ts');
    const imported = `import { swaggerPetstore } from './swagger-petstore';\n\nexport default`;
    project.write(
      'agents/shop/agent.ts',
      agent.replace('\nexport default', imported).replace('tools: {\n', 'tools: {\n    ...swaggerPetstore,\n'),
    );
    expect(node(join(ROOT, 'node_modules/prettier/bin/prettier.cjs'), '--check', 'agents')).toContain('use Prettier');
    const options = { extends: join(ROOT, 'tsconfig.json'), include: ['agents'], compilerOptions: { noEmit: true } };
    project.write('tsconfig.json', JSON.stringify(options));
    expect(node(join(ROOT, 'node_modules/typescript-7/bin/tsc'), '-p', 'tsconfig.json')).toBe('');
    expect(ops('agent', 'check')).toContain(
      'can be served: get_pet_by_id, find_pets_by_status, add_pet, delete_pet, look_up, end_call',
    );
    expect(ops('agent', 'show', 'shop')).toContain('eu.petstore.example');
  });
});
