/** The declarations of the package in a strict program that checks libraries, too, and has only the types of the language and of browsers. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const program = `
  import { createEngine, fitBatch, glmm, type Batch, type GlmmOptions } from '../../dist/index.js';
  interface Visit { readonly y: number; readonly clinic: string }
  export async function refits(visits: readonly Visit[], options: GlmmOptions): Promise<Float64Array> {
    const fit = await glmm('y ~ 1 + (1 | clinic)', visits, options);
    await using engine = await createEngine();
    const batch: Batch = { nModels: 1, response: fit.response };
    return (await fitBatch(fit.design, batch, { engine })).logLik;
  }
`;

test('strict programs compile against the declarations without skipping libraries', () => {
  const name = fileURLToPath(new URL('consumer.ts', import.meta.url));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'], module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true, types: [],
  };
  const host = ts.createCompilerHost(options);
  const files: ts.CompilerHost = {
    ...host,
    fileExists: (file) => file === name || host.fileExists(file),
    getSourceFile: (file, version, ...rest) => (file === name ? ts.createSourceFile(file, program, version) : host.getSourceFile(file, version, ...rest)),
  };
  const found = ts.getPreEmitDiagnostics(ts.createProgram([name], options, files));
  expect(found.map(({ messageText, file }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)).toEqual([]);
}, 60_000);
