// Fused training kernels for x86-64 processors with bf16 in AVX-512, and AMX where there is one: what lies between the matrix products, which oneDNN does well.
// fused.py compiles this file with g++ and calls it through ctypes; model.py does the same sums in plain PyTorch, and test_nano.py compares them.
// Shapes: N tokens, D width, H heads of size E (a multiple of 32), F feed-forward width, V vocabulary (D, F and V multiples of 16). bf16 is stored as uint16.
#include <cstdint>
#include <cstring>
#include <cmath>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <vector>

typedef uint16_t bf16;

namespace {

inline __m512 load(const float* p) { return _mm512_loadu_ps(p); }
inline __m512 load(const bf16* p) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i*)p)), 16));
}
inline void store(float* p, __m512 v) { _mm512_storeu_ps(p, v); }
inline void store(bf16* p, __m512 v) { _mm256_storeu_si256((__m256i*)p, (__m256i)_mm512_cvtneps_pbh(v)); }
inline float read(bf16 x) { uint32_t u = (uint32_t)x << 16; float f; std::memcpy(&f, &u, 4); return f; }

// 2^x, relative error about 1e-6; x far below zero gives 0.
inline __m512 exp2v(__m512 x) {
  x = _mm512_max_ps(x, _mm512_set1_ps(-126.f));
  __m512 n = _mm512_roundscale_ps(x, 0), f = _mm512_sub_ps(x, n);
  __m512 p = _mm512_set1_ps(1.5403530e-4f);
  for (float c : {1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f, 2.4022651e-1f, 6.9314718e-1f, 1.f}) p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(c));
  return _mm512_scalef_ps(p, n);
}
inline __m512 sigmoid(__m512 x) {
  __m512 e = exp2v(_mm512_min_ps(_mm512_mul_ps(x, _mm512_set1_ps(-1.4426950f)), _mm512_set1_ps(126.f)));
  return _mm512_div_ps(_mm512_set1_ps(1.f), _mm512_add_ps(_mm512_set1_ps(1.f), e));
}

// C[32][32] (+)= A[32][32 * steps] B[32 * steps][32]. A has rows of `lda` bytes; B is packed in tiles [step][column half] of 1 KB
// (pairs of rows interleaved), `stepB` bytes apart; C has rows of `ldc` bytes.
inline void product(float* C, long ldc, const bf16* A, long lda, const bf16* B, long stepB, int steps, bool add);

#ifdef __AMX_BF16__

struct TileConfig { uint8_t palette, start, reserved[14]; uint16_t rowBytes[16]; uint8_t rows[16]; };

// Volatile, because GCC 12 believes that loading it reads its first eight bytes only and leaves the others unwritten.
volatile TileConfig tileConfig = {1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};

// Eight tiles of 16 rows of 64 bytes; released at the end of the scope, as oneDNN expects.
struct Tiles {
  Tiles() { _tile_loadconfig((const void*)&tileConfig); }
  ~Tiles() { _tile_release(); }
};

inline void product(float* C, long ldc, const bf16* A, long lda, const bf16* B, long stepB, int steps, bool add) {
  asm volatile("" ::: "memory");  // tile loads do not tell GCC 12 that they read memory
  char* c = (char*)C; const char* a = (const char*)A; const char* b = (const char*)B;
  if (add) { _tile_loadd(0, c, ldc); _tile_loadd(1, c + 64, ldc); _tile_loadd(2, c + 16 * ldc, ldc); _tile_loadd(3, c + 16 * ldc + 64, ldc); }
  else { _tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3); }
  for (int s = 0; s < steps; s++) {
    _tile_loadd(4, a + 64 * s, lda); _tile_loadd(5, a + 16 * lda + 64 * s, lda);
    _tile_loadd(6, b + stepB * s, 64); _tile_loadd(7, b + stepB * s + 1024, 64);
    _tile_dpbf16ps(0, 4, 6); _tile_dpbf16ps(1, 4, 7); _tile_dpbf16ps(2, 5, 6); _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c, ldc); _tile_stored(1, c + 64, ldc); _tile_stored(2, c + 16 * ldc, ldc); _tile_stored(3, c + 16 * ldc + 64, ldc);
}

#else

struct Tiles { ~Tiles() {} };

inline void product(float* C, long ldc, const bf16* A, long lda, const bf16* B, long stepB, int steps, bool add) {
  constexpr int ROWS = 8;
  for (int top = 0; top < 32; top += ROWS) {
    __m512 sum[ROWS][2];
    for (int r = 0; r < ROWS; r++)
      for (int half = 0; half < 2; half++) sum[r][half] = add ? load((const float*)((const char*)C + (top + r) * ldc) + 16 * half) : _mm512_setzero_ps();
    for (int s = 0; s < steps; s++) {
      const char *a = (const char*)A + top * lda + 64 * s, *b = (const char*)B + stepB * s;
      for (int k = 0; k < 16; k++) {
        const __m512bh left = (__m512bh)_mm512_loadu_si512(b + 64 * k), right = (__m512bh)_mm512_loadu_si512(b + 1024 + 64 * k);
        for (int r = 0; r < ROWS; r++) {
          int pair; std::memcpy(&pair, a + r * lda + 4 * k, 4);
          const __m512bh both = (__m512bh)_mm512_set1_epi32(pair);
          sum[r][0] = _mm512_dpbf16_ps(sum[r][0], both, left); sum[r][1] = _mm512_dpbf16_ps(sum[r][1], both, right);
        }
      }
    }
    for (int r = 0; r < ROWS; r++)
      for (int half = 0; half < 2; half++) store((float*)((char*)C + (top + r) * ldc) + 16 * half, sum[r][half]);
  }
}

#endif

// X[L][E] as the right factor X^T: tiles [block of 32 rows of X][step over E][half], so that A X^T has one column a row of X.
void packTransposed(bf16* out, const bf16* X, long L, int E) {
  for (long block = 0; block < L / 32; block++)
    for (int step = 0; step < E / 32; step++)
      for (int half = 0; half < 2; half++) {
        uint32_t* tile = (uint32_t*)(out + ((block * (E / 32) + step) * 2 + half) * 512);
        for (int n = 0; n < 16; n++) {
          const uint32_t* row = (const uint32_t*)(X + (block * 32 + half * 16 + n) * E + step * 32);
          for (int k = 0; k < 16; k++) tile[k * 16 + n] = row[k];
        }
      }
}

// X[L][E] as the right factor X: tiles [block of 32 rows][32 columns][half].
void packPlain(bf16* out, const bf16* X, long L, int E) {
  for (long block = 0; block < L / 32; block++)
    for (int part = 0; part < E / 32; part++)
      for (int half = 0; half < 2; half++) {
        bf16* tile = out + ((block * (E / 32) + part) * 2 + half) * 512;
        for (int k = 0; k < 16; k++) {
          const bf16* even = X + (block * 32 + 2 * k) * E + part * 32 + half * 16;
          __m512i a = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i*)even)), b = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i*)(even + E)));
          _mm512_storeu_si512(tile + k * 32, _mm512_or_si512(a, _mm512_slli_epi32(b, 16)));
        }
      }
}

// What one token may see: keys [0, hi) and [own, itself], counted within its episode.
struct Sight { const int32_t *hi, *own; };

struct Scratch {
  std::vector<bf16> q, k, v, o, kt, vp, vt, qt, qp, ot, op, kT, P, Pt, dSt, dSp;
  std::vector<float> S, dP, O, dk, dv, dqT, lse, delta;
};

// Rotates pairs (x0, x1) by the token's position (sign -1 turns back), times `scale`.
inline void rotate(float* out, const float* x, const float* cs, const float* sn, int E, float sign, float scale) {
  for (int i = 0; i < E / 2; i++) {
    float c = cs[i], s = sign * sn[i], a = x[2 * i], b = x[2 * i + 1];
    out[2 * i] = (a * c - b * s) * scale; out[2 * i + 1] = (a * s + b * c) * scale;
  }
}

void widen(float* out, const bf16* x, int n) { for (int i = 0; i < n; i += 16) store(out + i, load(x + i)); }
void narrow(bf16* out, const float* x, int n) { for (int i = 0; i < n; i += 16) store(out + i, load(x + i)); }

struct Shape { int D, H, E; const float *cs, *sn; const int32_t* pos; float scale; };

// Rotated q (scaled so that 2^(q k) is the softmax's numerator), rotated k, and v of one head of one episode, zero-padded to Lp rows.
void gather(Scratch& w, const bf16* qkv, long start, long L, long Lp, int h, const Shape& s) {
  w.q.assign(Lp * s.E, 0); w.k.assign(Lp * s.E, 0); w.v.assign(Lp * s.E, 0);
  float x[256], y[256];
  for (long i = 0; i < L; i++) {
    const bf16* row = qkv + (start + i) * 3 * s.D + h * s.E;
    const float *cs = s.cs + (long)s.pos[start + i] * (s.E / 2), *sn = s.sn + (long)s.pos[start + i] * (s.E / 2);
    widen(x, row, s.E); rotate(y, x, cs, sn, s.E, 1.f, s.scale * 1.4426950f); narrow(w.q.data() + i * s.E, y, s.E);
    widen(x, row + s.D, s.E); rotate(y, x, cs, sn, s.E, 1.f, 1.f); narrow(w.k.data() + i * s.E, y, s.E);
    std::memcpy(w.v.data() + i * s.E, row + 2 * s.D, 2 * s.E);
  }
}

inline __mmask16 visible(__m512i key, __m512i hi, __m512i own, __m512i self) {
  return _mm512_cmplt_epi32_mask(key, hi) | (_mm512_cmpge_epi32_mask(key, own) & _mm512_cmple_epi32_mask(key, self));
}

// Whether any token of the 32 from `q` on sees any of the 32 keys from `k` on.
bool meets(const Sight& sight, long q, long k, long L) {
  for (long i = q; i < std::min(q + 32, L); i++)
    if (k < sight.hi[i] || (k + 31 >= sight.own[i] && k <= i)) return true;
  return false;
}

void attendForward(Scratch& w, const bf16* qkv, bf16* out, float* lse, long start, long L, int h, const Sight& sight, const Shape& s) {
  const int E = s.E, steps = E / 32; const long Lp = (L + 31) / 32 * 32;
  gather(w, qkv, start, L, Lp, h, s);
  w.kt.resize(Lp * E); w.vp.resize(Lp * E); packTransposed(w.kt.data(), w.k.data(), Lp, E); packPlain(w.vp.data(), w.v.data(), Lp, E);
  w.S.resize(32 * Lp); w.P.resize(32 * Lp); w.O.resize(32 * E);
  std::vector<long> seen;
  for (long q = 0; q < L; q += 32) {
    seen.clear();
    for (long k = 0; k <= q; k += 32) if (meets(sight, q, k, L)) seen.push_back(k);
    for (long k : seen) product(w.S.data() + k, Lp * 4, w.q.data() + q * E, E * 2, w.kt.data() + k * E, 2048, steps, false);
    float sums[32];
    for (int r = 0; r < 32; r++) {
      long i = q + r; bf16* P = w.P.data() + r * Lp; const float* S = w.S.data() + r * Lp;
      if (i >= L) { for (long k : seen) std::memset(P + k, 0, 64); continue; }
      const __m512i hi = _mm512_set1_epi32(sight.hi[i]), own = _mm512_set1_epi32(sight.own[i]), self = _mm512_set1_epi32((int)i);
      const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      __m512 top = _mm512_set1_ps(-1e30f);
      for (long k : seen) for (long j = k; j < k + 32; j += 16)
        top = _mm512_mask_max_ps(top, visible(_mm512_add_epi32(lane, _mm512_set1_epi32((int)j)), hi, own, self), top, load(S + j));
      const float m = _mm512_reduce_max_ps(top); const __m512 mv = _mm512_set1_ps(m); __m512 sum = _mm512_setzero_ps();
      for (long k : seen) for (long j = k; j < k + 32; j += 16) {
        __m512 p = _mm512_maskz_mov_ps(visible(_mm512_add_epi32(lane, _mm512_set1_epi32((int)j)), hi, own, self), exp2v(_mm512_sub_ps(load(S + j), mv)));
        sum = _mm512_add_ps(sum, p); store(P + j, p);
      }
      sums[r] = _mm512_reduce_add_ps(sum); lse[(start + i) * s.H + h] = m + std::log2(sums[r]);
    }
    for (int part = 0; part < steps; part++) {
      bool add = false;
      for (long k : seen) { product(w.O.data() + part * 32, E * 4, w.P.data() + k, Lp * 2, w.vp.data() + k * E + part * 1024, 0, 1, add); add = true; }
    }
    for (int r = 0; r < 32 && q + r < L; r++) {
      const __m512 inverse = _mm512_set1_ps(1.f / sums[r]);
      for (int j = 0; j < E; j += 16) store(out + (start + q + r) * s.D + h * E + j, _mm512_mul_ps(load(w.O.data() + r * E + j), inverse));
    }
  }
}

void attendBackward(Scratch& w, const bf16* qkv, const bf16* out, const bf16* dout, const float* lse, bf16* dqkv, long start, long L, int h,
                    const Sight& sight, const Shape& s) {
  const int E = s.E, steps = E / 32; const long Lp = (L + 31) / 32 * 32;
  gather(w, qkv, start, L, Lp, h, s);
  w.o.assign(Lp * E, 0); w.lse.assign(Lp, 1e30f); w.delta.assign(Lp, 0.f);
  for (long i = 0; i < L; i++) {
    const bf16 *d = dout + (start + i) * s.D + h * E, *o = out + (start + i) * s.D + h * E;
    std::memcpy(w.o.data() + i * E, d, 2 * E);
    __m512 sum = _mm512_setzero_ps();
    for (int j = 0; j < E; j += 16) sum = _mm512_fmadd_ps(load(d + j), load(o + j), sum);
    w.delta[i] = _mm512_reduce_add_ps(sum); w.lse[i] = lse[(start + i) * s.H + h];
  }
  for (auto* p : {&w.qt, &w.qp, &w.ot, &w.op}) p->resize(Lp * E);
  packTransposed(w.qt.data(), w.q.data(), Lp, E); packPlain(w.qp.data(), w.q.data(), Lp, E);
  packTransposed(w.ot.data(), w.o.data(), Lp, E); packPlain(w.op.data(), w.o.data(), Lp, E);
  w.kT.resize(E * Lp);
  for (long i = 0; i < Lp; i++) for (int j = 0; j < E; j++) w.kT[j * Lp + i] = w.k[i * E + j];
  w.dk.assign(Lp * E, 0.f); w.dv.assign(Lp * E, 0.f); w.dqT.assign(E * Lp, 0.f);
  alignas(64) float S[1024], dP[1024]; alignas(64) bf16 Pt[1024], dSt[1024], dSp[1024];
  for (long k = 0; k < Lp; k += 32)
    for (long q = k; q < Lp; q += 32) {
      if (!meets(sight, q, k, L)) continue;
      product(S, 128, w.k.data() + k * E, E * 2, w.qt.data() + q * E, 2048, steps, false);   // S^T: keys down, queries across
      product(dP, 128, w.v.data() + k * E, E * 2, w.ot.data() + q * E, 2048, steps, false);
      for (int half = 0; half < 2; half++) {
        const long j = q + half * 16; const __m512 l = load(w.lse.data() + j), dl = load(w.delta.data() + j);
        const __m512i lane = _mm512_add_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), _mm512_set1_epi32((int)j));
        __m512i hi = _mm512_setzero_si512(), own = _mm512_set1_epi32(1 << 30);
        if (j < L) {
          __mmask16 in = (__mmask16)((1u << std::min<long>(16, L - j)) - 1);
          hi = _mm512_maskz_loadu_epi32(in, sight.hi + j); own = _mm512_mask_loadu_epi32(own, in, sight.own + j);
        }
        __m256i last = _mm256_setzero_si256();
        for (int r = 0; r < 32; r++) {
          const __m512 p = _mm512_maskz_mov_ps(visible(_mm512_set1_epi32((int)k + r), hi, own, lane), exp2v(_mm512_sub_ps(load(S + r * 32 + half * 16), l)));
          const __m512 ds = _mm512_mul_ps(p, _mm512_sub_ps(load(dP + r * 32 + half * 16), dl));
          store(Pt + r * 32 + half * 16, p);
          const __m256i narrow = (__m256i)_mm512_cvtneps_pbh(ds);
          _mm256_storeu_si256((__m256i*)(dSt + r * 32 + half * 16), narrow);
          if (r % 2) _mm512_storeu_si512(dSp + half * 512 + (r / 2) * 32, _mm512_or_si512(_mm512_cvtepu16_epi32(last), _mm512_slli_epi32(_mm512_cvtepu16_epi32(narrow), 16)));
          last = narrow;
        }
      }
      for (int part = 0; part < steps; part++) {
        product(w.dv.data() + k * E + part * 32, E * 4, Pt, 64, w.op.data() + q * E + part * 1024, 0, 1, true);
        product(w.dk.data() + k * E + part * 32, E * 4, dSt, 64, w.qp.data() + q * E + part * 1024, 0, 1, true);
        product(w.dqT.data() + part * 32 * Lp + q, Lp * 4, w.kT.data() + part * 32 * Lp + k, Lp * 2, dSp, 0, 1, true);
      }
    }
  float x[256], y[256];
  for (long i = 0; i < L; i++) {
    bf16* row = dqkv + (start + i) * 3 * s.D + h * E;
    const float *cs = s.cs + (long)s.pos[start + i] * (E / 2), *sn = s.sn + (long)s.pos[start + i] * (E / 2);
    for (int j = 0; j < E; j++) x[j] = w.dqT[j * Lp + i];
    rotate(y, x, cs, sn, E, -1.f, s.scale); narrow(row, y, E);
    rotate(y, w.dk.data() + i * E, cs, sn, E, -1.f, 1.f / 1.4426950f); narrow(row + s.D, y, E);
    narrow(row + 2 * s.D, w.dv.data() + i * E, E);
  }
}

}  // namespace

extern "C" {

// Asks the operating system for AMX where it is used; 0 if the kernels can be called.
int nano_open() {
#ifdef __AMX_BF16__
  return (int)syscall(SYS_arch_prctl, 0x1023, 18);
#else
  return 0;
#endif
}

// sum = x + delta; y = sum / rms(sum) * weight; `sum` and `rstd` are kept for the way back.
void nano_norm(const float* x, const bf16* delta, float* sums, const float* weight, bf16* y, float* rstd, long N, long D) {
#pragma omp parallel for
  for (long i = 0; i < N; i++) {
    float* row = sums + i * D; __m512 sum = _mm512_setzero_ps();
    for (long j = 0; j < D; j += 16) {
      const __m512 v = _mm512_add_ps(load(x + i * D + j), load(delta + i * D + j));
      store(row + j, v); sum = _mm512_fmadd_ps(v, v, sum);
    }
    rstd[i] = 1.f / std::sqrt(_mm512_reduce_add_ps(sum) / D + 1e-5f);
    const __m512 r = _mm512_set1_ps(rstd[i]);
    for (long j = 0; j < D; j += 16) store(y + i * D + j, _mm512_mul_ps(_mm512_mul_ps(load(row + j), r), load(weight + j)));
  }
}

// dx += the norm's share of dy; `dx16` gets a bf16 copy of dx. dweight[T][D] collects a sum a thread (T = threads).
void nano_norm_back(const bf16* dy, const float* x, const float* rstd, const float* weight, float* dx, bf16* dx16, float* dweight, long N, long D, long T) {
#pragma omp parallel for
  for (long t = 0; t < T; t++) {
    float* dw = dweight + t * D;
    for (long i = N * t / T; i < N * (t + 1) / T; i++) {
      const __m512 r = _mm512_set1_ps(rstd[i]); __m512 dot = _mm512_setzero_ps();
      for (long j = 0; j < D; j += 16) {
        __m512 g = load(dy + i * D + j), h = _mm512_mul_ps(load(x + i * D + j), r);
        store(dw + j, _mm512_fmadd_ps(g, h, load(dw + j)));
        dot = _mm512_fmadd_ps(_mm512_mul_ps(g, load(weight + j)), h, dot);
      }
      const __m512 m = _mm512_set1_ps(_mm512_reduce_add_ps(dot) / D);
      for (long j = 0; j < D; j += 16) {
        __m512 g = _mm512_mul_ps(load(dy + i * D + j), load(weight + j)), h = _mm512_mul_ps(load(x + i * D + j), r);
        __m512 v = _mm512_fmadd_ps(r, _mm512_sub_ps(g, _mm512_mul_ps(h, m)), load(dx + i * D + j));
        store(dx + i * D + j, v); store(dx16 + i * D + j, v);
      }
    }
  }
}

// y = silu(gate) * up, where gate and up stand side by side in x[N][2 F].
void nano_swiglu(const bf16* x, bf16* y, long N, long F) {
#pragma omp parallel for
  for (long i = 0; i < N; i++)
    for (long j = 0; j < F; j += 16) {
      __m512 g = load(x + i * 2 * F + j);
      store(y + i * F + j, _mm512_mul_ps(_mm512_mul_ps(g, sigmoid(g)), load(x + i * 2 * F + F + j)));
    }
}

void nano_swiglu_back(const bf16* x, const bf16* dy, bf16* dx, long N, long F) {
#pragma omp parallel for
  for (long i = 0; i < N; i++)
    for (long j = 0; j < F; j += 16) {
      const __m512 one = _mm512_set1_ps(1.f), g = load(x + i * 2 * F + j), u = load(x + i * 2 * F + F + j), d = load(dy + i * F + j), s = sigmoid(g);
      store(dx + i * 2 * F + F + j, _mm512_mul_ps(d, _mm512_mul_ps(g, s)));
      store(dx + i * 2 * F + j, _mm512_mul_ps(_mm512_mul_ps(d, u), _mm512_mul_ps(s, _mm512_fmadd_ps(g, _mm512_sub_ps(one, s), one))));
    }
}

// Cross-entropy in natural logarithms; logits[M][V] become the gradient, each row times its weight.
void nano_entropy(bf16* logits, const int64_t* target, const float* weight, float* loss, long M, long V) {
#pragma omp parallel for
  for (long i = 0; i < M; i++) {
    bf16* row = logits + i * V; __m512 top = _mm512_set1_ps(-1e30f), sum = _mm512_setzero_ps();
    for (long j = 0; j < V; j += 16) top = _mm512_max_ps(top, load(row + j));
    const float m = _mm512_reduce_max_ps(top), own = read(row[target[i]]);
    const __m512 mv = _mm512_set1_ps(m), e = _mm512_set1_ps(1.4426950f);
    for (long j = 0; j < V; j += 16) sum = _mm512_add_ps(sum, exp2v(_mm512_mul_ps(_mm512_sub_ps(load(row + j), mv), e)));
    const float total = _mm512_reduce_add_ps(sum); loss[i] = m + std::log(total) - own;
    const __m512 share = _mm512_set1_ps(weight[i] / total);
    for (long j = 0; j < V; j += 16) store(row + j, _mm512_mul_ps(exp2v(_mm512_mul_ps(_mm512_sub_ps(load(row + j), mv), e)), share));
    const float p = std::exp(own - m) / total * weight[i] - weight[i]; uint32_t u; std::memcpy(&u, &p, 4); row[target[i]] = (bf16)((u + 0x8000) >> 16);
  }
}

// Attention of `episodes` episodes, the e-th of the tokens starts[e] to starts[e + 1]; pos, hi and own a token (see Sight). lse[N][H] is kept for the way back.
void nano_attention(const bf16* qkv, bf16* out, float* lse, const int64_t* starts, long episodes, const int32_t* pos, const int32_t* hi, const int32_t* own,
                    const float* cs, const float* sn, long H, long E) {
  const Shape s{(int)(H * E), (int)H, (int)E, cs, sn, pos, 1.f / std::sqrt((float)E)};
#pragma omp parallel
  {
    Tiles tiles; Scratch w;
#pragma omp for schedule(dynamic)
    for (long n = 0; n < episodes * H; n++) {
      const long e = n / H;
      attendForward(w, qkv, out, lse, starts[e], starts[e + 1] - starts[e], (int)(n % H), {hi + starts[e], own + starts[e]}, s);
    }
  }
}

void nano_attention_back(const bf16* qkv, const bf16* out, const bf16* dout, const float* lse, bf16* dqkv, const int64_t* starts, long episodes, const int32_t* pos,
                         const int32_t* hi, const int32_t* own, const float* cs, const float* sn, long H, long E) {
  const Shape s{(int)(H * E), (int)H, (int)E, cs, sn, pos, 1.f / std::sqrt((float)E)};
#pragma omp parallel
  {
    Tiles tiles; Scratch w;
#pragma omp for schedule(dynamic)
    for (long n = 0; n < episodes * H; n++) {
      const long e = n / H;
      attendBackward(w, qkv, out, dout, lse, dqkv, starts[e], starts[e + 1] - starts[e], (int)(n % H), {hi + starts[e], own + starts[e]}, s);
    }
  }
}

}  // extern "C"
