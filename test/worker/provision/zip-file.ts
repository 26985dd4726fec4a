import { crc32, deflateRawSync } from 'node:zlib';

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const DEFLATE = 8;

/** The bytes of a zip archive with these files. */
export function zipFile(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = deflateRawSync(text);
    const common = commonFields(name, text, data);
    const local = Buffer.concat([uint32(LOCAL_HEADER), common, Buffer.from(name), data]);
    const place = Buffer.concat([Buffer.alloc(10), uint32(offset)]);
    centrals.push(Buffer.concat([uint32(CENTRAL_HEADER), uint16(VERSION), common, place, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const count = uint16(centrals.length);
  const end = [uint32(END), Buffer.alloc(4), count, count, uint32(directory.length), uint32(offset), uint16(0)];
  return Buffer.concat([...locals, directory, ...end]);
}

/** The fields that a file's local header and its entry in the directory share. */
function commonFields(name: string, text: string, data: Buffer): Buffer {
  const flagsMethodAndTime = [uint16(VERSION), uint16(0), uint16(DEFLATE), uint32(0)];
  const sizes = [uint32(crc32(text)), uint32(data.length), uint32(Buffer.byteLength(text))];
  return Buffer.concat([...flagsMethodAndTime, ...sizes, uint16(Buffer.byteLength(name)), uint16(0)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
