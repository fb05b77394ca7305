"""The file format GGUF, version 3, as far as these models need it: metadata, and tensors in float32, float16 and Q8_0 (blocks of 32 weights with one
half-precision scale)."""
import struct

import numpy as np

U32, I32, F32, BOOL, STR, ARRAY = 4, 5, 6, 7, 8, 9  # types of values
FLOAT32, FLOAT16, Q8_0 = 0, 1, 8                    # types of tensors
ALIGNMENT = 32
SCALARS = {U32: '<I', I32: '<i', F32: '<f', BOOL: '<?'}


def write(path, meta, tensors):
    """`meta` are (key, type, value), an array's value being (type of its items, items); `tensors` are (name, float32 array, type)."""
    infos, blobs, offset = [], [], 0
    for name, x, form in tensors:
        blob = quantised(x) if form == Q8_0 else x.astype('<f4' if form == FLOAT32 else '<f2').tobytes()
        infos.append(text(name) + struct.pack(f'<I{x.ndim}Q', x.ndim, *x.shape[::-1]) + struct.pack('<IQ', form, offset))
        blobs.append(blob + bytes(-len(blob) % ALIGNMENT))
        offset += len(blobs[-1])
    head = b'GGUF' + struct.pack('<IQQ', 3, len(infos), len(meta)) + b''.join(entry(*m) for m in meta) + b''.join(infos)
    with open(path, 'wb') as file:
        file.write(head + bytes(-len(head) % ALIGNMENT))
        file.writelines(blobs)


def read(path):
    """{key: value} and {name: float32 array}."""
    with open(path, 'rb') as file:
        data = file.read()
    if data[:4] != b'GGUF':
        raise ValueError(f'{path} is no GGUF file')
    cursor = Cursor(data, 4)
    _, count, entries = cursor.take('<IQQ')
    meta = {}
    for _ in range(entries):
        key = cursor.text()
        meta[key] = cursor.value(*cursor.take('<I'))
    infos = [(cursor.text(), cursor.take(f'<{cursor.take("<I")[0]}Q')[::-1], *cursor.take('<IQ')) for _ in range(count)]
    start = cursor.at + -cursor.at % ALIGNMENT
    return meta, {name: tensor(data, start + offset, shape, form) for name, shape, form, offset in infos}


class Cursor:
    def __init__(self, data, at):
        self.data, self.at = data, at

    def take(self, form):
        values = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return values

    def text(self):
        size, = self.take('<Q')
        self.at += size
        return self.data[self.at - size:self.at].decode()

    def value(self, kind):
        if kind == STR:
            return self.text()
        if kind == ARRAY:
            of, n = self.take('<IQ')
            return [self.value(of) for _ in range(n)]
        return self.take(SCALARS[kind])[0]


def text(value):
    raw = value.encode()
    return struct.pack('<Q', len(raw)) + raw


def entry(key, kind, value):
    if kind == ARRAY:
        of, items = value
        body = struct.pack('<IQ', of, len(items)) + b''.join(text(item) if of == STR else struct.pack(SCALARS[of], item) for item in items)
    else:
        body = text(value) if kind == STR else struct.pack(SCALARS[kind], value)
    return text(key) + struct.pack('<I', kind) + body


BLOCK = np.dtype([('scale', '<f2'), ('whole', 'i1', 32)])


def quantised(x):
    """[..., 32 n] float32 as Q8_0 blocks."""
    rows = x.reshape(-1, 32).astype(np.float32)
    scale = np.abs(rows).max(1) / 127.0
    out = np.zeros(len(rows), BLOCK)
    out['scale'], out['whole'] = scale, np.round(rows / np.where(scale == 0, 1, scale)[:, None])
    return out.tobytes()


def tensor(data, at, shape, form):
    n = int(np.prod(shape))
    if form == Q8_0:
        blocks = np.frombuffer(data, BLOCK, n // 32, at)
        x = blocks['scale'].astype(np.float32)[:, None] * blocks['whole']
    else:
        x = np.frombuffer(data, '<f4' if form == FLOAT32 else '<f2', n, at)
    return x.astype(np.float32).reshape(shape)
