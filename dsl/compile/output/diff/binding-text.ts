import {
  type Binding,
  isCode,
  isItem,
  isLiteral,
  isOrElse,
  isParam,
  isRef,
  isSecret,
  type Path,
} from '../../../../plan/binding.js';
import { isJsonObject } from '../../../../plan/json.js';

/** A binding as its author would write it: `ingest.rows`, `params.month`, `{ data: checked.accepted }`. */
export function bindingText(binding: Binding): string {
  if (Array.isArray(binding)) return `[${binding.map(bindingText).join(', ')}]`;
  if (!isJsonObject(binding)) return JSON.stringify(binding);
  if (isRef(binding)) return binding.$ref + pathText(binding.path);
  if (isParam(binding)) return `params${pathText(binding.$param)}`;
  if (isItem(binding)) return `item of ${binding.$item}${pathText(binding.path)}`;
  if (isCode(binding)) return binding.$code;
  if (isSecret(binding)) return `secret ${binding.$secret}`;
  if (isLiteral(binding)) return JSON.stringify(binding.$lit);
  if (isOrElse(binding)) return `(${binding.$orElse.map(bindingText).join(' ?? ')})${pathText(binding.path)}`;
  const parts = Object.entries(binding).map(([key, part]) => `${keyText(key)}: ${bindingText(part)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function pathText(path: Path): string {
  return path.map((key) => (typeof key === 'number' || !isName(key) ? `[${JSON.stringify(key)}]` : `.${key}`)).join('');
}

const keyText = (key: string): string => (isName(key) ? key : JSON.stringify(key));
const isName = (key: string): boolean => /^[A-Za-z_$][\w$]*$/.test(key);
