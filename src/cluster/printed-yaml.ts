import type { YamlDocument } from '../config/yaml-text.ts'
export function readPrintedYaml(_file: string, _text: string): readonly YamlDocument[] | undefined { return undefined }
