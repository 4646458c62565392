#!/usr/bin/env python3
"""Fits the gains of the head model (libs/dsp/src/hrtf) to a measured head, and writes them as TypeScript.

    python3 tools/fit-hrtf.py MIT_KEMAR_normal_pinna.sofa && npx prettier --write libs/dsp/src/hrtf/head-*.ts

Needs Python 3 with numpy and h5py (Debian: python3-numpy, python3-h5py). The measurement is part of Debian's package
libmysofa1 (/usr/share/libmysofa): B. Gardner and K. Martin, "HRTF Measurements of a KEMAR Dummy-Head Microphone",
MIT Media Lab Perceptual Computing Technical Report 280, 1994. Free to use provided the authors are cited; see NOTICE.

What happens, in this order: spectra of the right ear, smoothed over a third of an octave -> divided by the mean over all
directions (diffuse field) and by the loudness of speech -> for each direction gains of the four planes with the smallest
error of level and phase -> the same with gains that are smooth over the sphere (spherical harmonics) -> gains of the two
far planes likewise, at the same loudness -> a table over directions. A report goes to the terminal.
`--search` tries other centres and qualities of the resonator instead of writing anything.
"""

import argparse
import datetime
import json
import re
from pathlib import Path

import h5py
import numpy as np

ROOM = Path(__file__).resolve().parent.parent / 'libs/dsp/src/hrtf'
RATE_HZ = 48_000
CORNER_RAD_S = 2 * 343 / 0.0875  # hrtf/basis-filters.ts
GAIN_MAX_DB = 8
SIDE_NODES = 25  # of the table: octahedral-table.ts
ORDER = 10  # of the spherical harmonics
BANDS_HZ = [200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000, 10000, 12500]
# Long-term spectrum of speech in third-octave bands (Byrne and others, 1994), in dB.
SPEECH_DB = [60.2, 60.3, 59.0, 62.1, 62.1, 60.5, 56.8, 53.7, 53.0, 52.0, 48.7, 48.1, 46.8, 45.6, 44.5, 44.3, 43.7]
SPEECH_DB += [43.4, 41.3]
SPEECH = 10 ** (np.array(SPEECH_DB) / 10) / np.sum(10 ** (np.array(SPEECH_DB) / 10))


def erb_grid(count, low_hz, high_hz):
    """Frequencies that are equally far apart for an ear (equivalent rectangular bandwidths)."""
    erb = np.linspace(*[21.4 * np.log10(1 + 0.00437 * f) for f in (low_hz, high_hz)], count)
    return (10 ** (erb / 21.4) - 1) / 0.00437


FIT_HZ = erb_grid(56, 200, 14_000)
LOG_HZ = 40 * 2 ** (np.arange(0, 9.02, 1 / 24))


# The measurement


class Measurement:
    """Power spectra of the right ear over LOG_HZ for each direction (x right, y up, z back), diffuse-field equalised."""

    def __init__(self, path):
        with h5py.File(path) as sofa:
            self.azimuth, self.elevation = -sofa['SourcePosition'][:, 0], sofa['SourcePosition'][:, 1]
            responses, rate_hz = sofa['Data.IR'][:, 1, :], float(sofa['Data.SamplingRate'][0])
        self.directions = direction(self.azimuth, self.elevation)
        self.weights = solid_angles(self.elevation)
        power = third_octaves(*spectra(responses, rate_hz))
        power /= self.weights @ power
        power /= self.weights @ at_bands(power) @ SPEECH
        self.power = np.minimum(power, 10 ** (GAIN_MAX_DB / 10))

    def index(self, azimuth, elevation):
        away = np.abs((self.azimuth - azimuth + 180) % 360 - 180) + np.abs(self.elevation - elevation)
        assert away.min() < 0.1, (azimuth, elevation)
        return int(np.argmin(away))


def direction(azimuth_degrees, elevation_degrees):
    azimuth, elevation = np.broadcast_arrays(np.deg2rad(azimuth_degrees), np.deg2rad(elevation_degrees))
    level = np.cos(elevation)
    return np.stack([np.sin(azimuth) * level, np.sin(elevation), -np.cos(azimuth) * level], -1)


def solid_angles(elevation):
    """Share of the measured sphere that each direction stands for: rings 10 degrees high."""
    share = np.zeros(len(elevation))
    for ring in np.unique(elevation):
        bounds = np.clip([ring - 5, ring + 5], -90, 90)
        share[elevation == ring] = np.diff(np.sin(np.deg2rad(bounds))) / np.sum(elevation == ring)
    return share / share.sum()


def spectra(responses, rate_hz, length=192, fade=64):
    """From 8 samples before the sound arrives, so that what the room and the stand reflect is left out."""
    window = np.ones(length)
    window[-fade:] = 0.5 + 0.5 * np.cos(np.pi * np.arange(fade) / fade)
    begins = np.argmax(np.abs(responses) > 0.15 * np.abs(responses).max(1, keepdims=True), 1)
    cut = [response[max(0, begin - 8) :][:length] * window for response, begin in zip(responses, begins)]
    return np.fft.rfftfreq(8192, 1 / rate_hz), np.abs(np.fft.rfft(cut, 8192)) ** 2


def third_octaves(hz, power):
    areas = np.cumsum((power[:, 1:] + power[:, :-1]) / 2 * np.diff(hz), axis=1)
    areas = np.pad(areas, ((0, 0), (1, 0)))
    low, high = LOG_HZ * 2 ** (-1 / 6), np.minimum(LOG_HZ * 2 ** (1 / 6), hz[-1])
    return np.stack([(np.interp(high, hz, row) - np.interp(low, hz, row)) / (high - low) for row in areas])


def over_log(hz, power):
    return np.exp(np.stack([np.interp(np.log(hz), np.log(LOG_HZ), row) for row in np.log(power)]))


def at_bands(power):
    return over_log(BANDS_HZ, power)


def minimum_phase(power):
    """Complex response over FIT_HZ with the least delay that this power spectrum allows."""
    hz = np.linspace(0, RATE_HZ / 2, 4097)
    level = np.log(over_log(np.maximum(hz, 1), power)) / 2
    cepstrum = np.fft.irfft(level, axis=1)
    cepstrum[:, 1:4096] *= 2
    cepstrum[:, 4097:] = 0
    response = np.fft.rfft(cepstrum, axis=1)
    over = [np.interp(FIT_HZ, hz, row.real) + 1j * np.interp(FIT_HZ, hz, row.imag) for row in response]
    return np.exp(np.array(over))


# The planes


def planes(hz, centre_hz, quality):
    """Responses of the four planes: as it is, lowpass, band and low output of the resonator."""
    z = np.exp(2j * np.pi * np.asarray(hz) / RATE_HZ)
    bilinear = (z - 1) / (z + 1)
    lowpass = CORNER_RAD_S / (2 * RATE_HZ * bilinear + CORNER_RAD_S)
    s = bilinear / np.tan(np.pi * centre_hz / RATE_HZ)
    below = s * s + s / quality + 1
    return np.stack([np.ones_like(z), lowpass, s / quality / below, 1 / below])


def constant(name):
    text = (ROOM / 'basis-filters.ts').read_text()
    return float(re.search(rf'{name} = ([\d_.]+);', text)[1].replace('_', ''))


# The fit


# Voices have most of their power below 900 Hz, so an error there counts twice; phase is heard below 1.5 kHz.
WEIGHT = np.where(FIT_HZ < 900, 2, 1)
PHASE_WEIGHT = np.where(FIT_HZ < 1_500, 0.4, 0.1) * WEIGHT


def residuals(gains, basis, target):
    """Errors of the logarithm: weighted nepers, then radians; and the slopes of both over the gains."""
    model = gains @ basis
    error = np.log(model / target)
    slopes = basis[None] / model[:, None, :]

    def join(value):
        return np.concatenate([value.real * WEIGHT, value.imag * PHASE_WEIGHT], -1)

    return join(error), join(slopes)


def fit_each(target, basis, rounds=14):
    """Best gains for each direction alone: least squares of relative errors first, then Levenberg-Marquardt."""
    count = len(basis)
    relative = basis[None] / np.abs(target)[:, None, :]
    aim = target / np.abs(target)
    rows, aims = np.concatenate([relative.real, relative.imag], 2), np.concatenate([aim.real, aim.imag], 1)
    hessian = np.einsum('mkn,mln->mkl', rows, rows) + 1e-6 * np.eye(count)
    gains = np.linalg.solve(hessian, np.einsum('mkn,mn->mk', rows, aims)[..., None])[..., 0]
    damping = np.full(len(target), 1e-2)
    for _ in range(rounds):
        error, slopes = residuals(gains, basis, target)
        hessian = np.einsum('mkn,mln->mkl', slopes, slopes)
        diagonal = np.einsum('mkk->mk', hessian)[:, :, None] * np.eye(count) + 1e-3 * np.eye(count)
        step = np.linalg.solve(
            hessian + damping[:, None, None] * diagonal, -np.einsum('mkn,mn->mk', slopes, error)[..., None]
        )[..., 0]
        better = np.sum(residuals(gains + step, basis, target)[0] ** 2, 1) < np.sum(error**2, 1)
        gains = np.where(better[:, None], gains + step, gains)
        damping = np.where(better, damping / 4, damping * 6)
    return gains


def harmonics(directions):
    """Real spherical harmonics up to ORDER (any scale), and the degree of each."""
    x, up, z = np.moveaxis(directions, -1, 0)
    turned = x + 1j * z
    columns, degrees = [], []
    for m in range(ORDER + 1):
        before, value = np.zeros_like(up), np.ones_like(up)
        for degree in range(m, ORDER + 1):
            norm = 1 / max(1, np.prod(np.arange(degree - m + 1, degree + m + 1, dtype=float)) ** 0.5)
            scale = norm * np.prod(np.arange(1, 2 * m, 2, dtype=float)) * (2 * degree + 1) ** 0.5 * (2**0.5 if m else 1)
            parts = ((turned**m).real, (turned**m).imag) if m else (1,)
            columns += [scale * value * part for part in parts]
            degrees += [degree] * len(parts)
            before, value = value, ((2 * degree + 1) * up * value - (degree + m) * before) / (degree - m + 1)
    return np.stack(columns, 1), np.array(degrees)


def fit_smooth(each, target, weights, basis, shapes, degrees, rounds=8):
    """Coefficients of gains that are smooth over the sphere, with the smallest error over all directions together."""
    count, width = len(basis), shapes.shape[1]
    stiff = 6e-6 * (degrees * (degrees + 1.0)) ** 2
    weighted = shapes * weights[:, None]
    coefficients = np.linalg.solve(shapes.T @ weighted + np.diag(stiff / 50), weighted.T @ each)
    for _ in range(rounds):
        error, slopes = residuals(shapes @ coefficients, basis, target)
        blocks = np.einsum('mkn,mln->mkl', slopes, slopes) * weights[:, None, None]
        hessian = np.empty((count, width, count, width))
        for k in range(count):
            for l in range(count):
                hessian[k, :, l, :] = shapes.T @ (blocks[:, k, l, None] * shapes)
        hessian = hessian.reshape(count * width, -1) + np.diag(np.tile(stiff, count))
        slope = shapes.T @ (np.einsum('mkn,mn->mk', slopes, error) * weights[:, None]) + stiff[:, None] * coefficients
        coefficients = coefficients - np.linalg.solve(hessian, slope.T.ravel()).reshape(count, width).T
    return coefficients


# The table


def octahedral_nodes():
    """Directions of the table's nodes, row by row; the inverse of octahedral-table.ts."""
    axis = np.linspace(-1, 1, SIDE_NODES)
    v, u = np.meshgrid(axis, axis, indexing='ij')
    y = 1 - np.abs(u) - np.abs(v)
    fold = np.maximum(-y, 0)
    nodes = np.stack([u - np.copysign(fold, u), y, v - np.copysign(fold, v)], -1).reshape(-1, 3)
    return nodes / np.linalg.norm(nodes, axis=1, keepdims=True)


def look_up(table, directions):
    """As octahedral-table.ts does it, for the report."""
    x, y, z = (directions / np.sum(np.abs(directions), 1, keepdims=True)).T
    u = np.where(y < 0, np.copysign(1 - np.abs(z), x), x)
    v = np.where(y < 0, np.copysign(1 - np.abs(x), z), z)
    half = (SIDE_NODES - 1) / 2
    u, v = (u + 1) * half, (v + 1) * half
    i, j = [np.minimum(place.astype(int), SIDE_NODES - 2) for place in (u, v)]
    u, v = (u - i)[:, None], (v - j)[:, None]
    grid = table.reshape(SIDE_NODES, SIDE_NODES, -1)
    near, far = grid[j, i] * (1 - u) + grid[j, i + 1] * u, grid[j + 1, i] * (1 - u) + grid[j + 1, i + 1] * u
    return near * (1 - v) + far * v


def speech_power(gains, centre_hz, quality):
    return np.abs(gains @ planes(BANDS_HZ, centre_hz, quality)[: gains.shape[1]]) ** 2 @ SPEECH


HEADER = """// Written by tools/fit-hrtf.py on {date}; do not edit. From B. Gardner and K. Martin, "HRTF Measurements of a KEMAR
// Dummy-Head Microphone", MIT Media Lab Perceptual Computing Technical Report 280, May 1994 (the copy in Debian's
// package libmysofa1). Copyright 1994 by the MIT Media Laboratory: free with no restrictions on use, provided the
// authors are cited. See NOTICE and docs/decisions/0007-head-model.md.
"""


def write(name, constants):
    text = HEADER.format(date=datetime.date.today().isoformat())
    for about, declaration, value in constants:
        text += f'\n/** {about} */\nexport const {declaration} = {json.dumps(value)};\n'
    (ROOM / name).write_text(text)


def write_table(table):
    thousandths = np.rint(table * 1000).astype(int)
    write(
        'head-gains.ts',
        [
            ('Nodes along one side of the map (octahedral-table.ts) that both tables lie on.', 'SIDE_NODES', SIDE_NODES),
            (
                'What the right ear hears of planes 0 to 3, in thousandths, node by node.',
                'NEAR_GAINS: readonly number[]',
                thousandths[:, :4].ravel().tolist(),
            ),
            (
                'The same for sounds from farther away: of planes 0 and 1.',
                'FAR_GAINS: readonly number[]',
                thousandths[:, 4:].ravel().tolist(),
            ),
        ],
    )


CHECKED = [(azimuth, 0) for azimuth in range(0, 360, 15)] + [
    *((azimuth, 40) for azimuth in range(0, 360, 45)),
    *((azimuth, -30) for azimuth in range(0, 360, 90)),
    (0, 90),
]


def write_checks(measurement):
    levels = 10 * np.log10(at_bands(measurement.power))
    rows = [[*place, *levels[measurement.index(*place)].round(1).tolist()] for place in CHECKED]
    write(
        'head-measured.fixture.ts',
        [
            ('Third-octave bands of the levels below, in Hz.', 'BANDS_HZ: readonly number[]', BANDS_HZ),
            ('Long-term spectrum of speech in these bands, in dB.', 'SPEECH_DB: readonly number[]', SPEECH_DB),
            (
                'Measured at the right ear: azimuth to the right, elevation (degrees), then the level of each band in dB.',
                'MEASURED: readonly (readonly number[])[]',
                rows,
            ),
        ],
    )


# Main


def with_floor(measurement):
    """Nothing was measured more than 40 degrees below: there the lowest ring fades to its mean, with little weight."""
    power, weights, directions = [measurement.power], [measurement.weights], [measurement.directions]
    ring = measurement.elevation == -40
    mean = np.exp(np.log(measurement.power[ring]).mean(0))
    for elevation, share in ((-60, 0.5), (-90, 1)):
        power.append(np.exp((1 - share) * np.log(measurement.power[ring]) + share * np.log(mean)))
        directions.append(direction(measurement.azimuth[ring], elevation))
        weights.append(measurement.weights[ring] * (0.3 if elevation == -60 else 0.05))
    return np.concatenate(power), np.concatenate(weights), np.concatenate(directions)


def error_db(gains, power, centre_hz, quality):
    model = np.abs(gains @ planes(FIT_HZ, centre_hz, quality)[: gains.shape[1]])
    return 20 * np.log10(model) - 10 * np.log10(over_log(FIT_HZ, power))


def search(measurement):
    target = minimum_phase(measurement.power[::2])
    weights = measurement.weights[::2] / measurement.weights[::2].sum()
    print('centre Hz, Q, rms error dB')
    for centre_hz in range(5_000, 10_001, 500):
        for quality in (0.5, 0.7, 0.85, 1, 1.2, 1.4, 2):
            gains = fit_each(target, planes(FIT_HZ, centre_hz, quality))
            error = error_db(gains, measurement.power[::2], centre_hz, quality)
            print(centre_hz, quality, round(float(np.sqrt(weights @ np.mean(error**2, 1))), 3))


def report(measurement, each, table, centre_hz, quality):
    smooth = look_up(table, measurement.directions)
    weights = measurement.weights
    for name, gains in (('each direction alone', each), ('table', smooth[:, :4]), ('table, far', smooth[:, 4:])):
        error = error_db(gains, measurement.power, centre_hz, quality)
        print(f'{name}: rms {np.sqrt(weights @ np.mean(error**2, 1)):.2f} dB')
        for low, high in ((200, 500), (500, 1000), (1000, 2000), (2000, 4000), (4000, 8000), (8000, 14001)):
            part = np.abs(error[:, (FIT_HZ >= low) & (FIT_HZ < high)])
            mean, most = weights @ part.mean(1), np.percentile(part, 95)
            print(f'  {low:6} to {high:6} Hz: mean {mean:.2f} dB, 95 % {most:.2f} dB, largest {part.max():.2f} dB')
    every = np.abs(table[:, :4] @ planes(np.linspace(20, 23_900, 400), centre_hz, quality))
    print('largest gain of the table at any frequency, dB:', round(20 * np.log10(every.max()), 2))
    print('largest single gains:', np.abs(table).max(0).round(2))
    print('least gain at 0 Hz:', table[:, [0, 1, 3]].sum(1).min().round(2))
    near, far = [speech_power(gains, centre_hz, quality) for gains in (smooth[:, :4], smooth[:, 4:])]
    print('far against near, speech, dB:', np.abs(10 * np.log10(far / near)).max().round(3))
    heard = at_bands(measurement.power) @ SPEECH
    other = [measurement.index(-azimuth, ring) for azimuth, ring in zip(measurement.azimuth, measurement.elevation)]
    one, both = near / heard, (near + near[other]) / (heard + heard[other])
    for name, ratio in (('one ear', one), ('both ears', both)):
        off = 10 * np.log10(ratio)
        rms = np.sqrt(weights @ off**2)
        print(f'speech against the measurement, {name}: rms {rms:.2f} dB, largest {abs(off).max():.2f} dB')
    print('speech over all directions, dB:', (10 * np.log10(weights @ near)).round(3))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('sofa')
    parser.add_argument('--search', action='store_true')
    options = parser.parse_args()
    measurement = Measurement(options.sofa)
    if options.search:
        return search(measurement)
    centre_hz, quality = constant('RESONATOR_HZ'), constant('RESONATOR_Q')
    power, weights, directions = with_floor(measurement)
    target, basis = minimum_phase(power), planes(FIT_HZ, centre_hz, quality)
    shapes, degrees = harmonics(directions)
    nodes = harmonics(octahedral_nodes())[0]
    near_each, far_each = fit_each(target, basis), fit_each(target, basis[:2])
    near = nodes @ fit_smooth(near_each, target, weights, basis, shapes, degrees)
    far = nodes @ fit_smooth(far_each, target, weights, basis[:2], shapes, degrees)
    far *= np.sqrt(speech_power(near, centre_hz, quality) / speech_power(far, centre_hz, quality))[:, None]
    table = np.concatenate([near, far], 1)
    heard = speech_power(look_up(table, measurement.directions)[:, :4], centre_hz, quality)
    table = np.round(1000 * table / np.sqrt(measurement.weights @ heard)) / 1000
    write_table(table)
    write_checks(measurement)
    report(measurement, near_each[: len(measurement.power)], table, centre_hz, quality)


if __name__ == '__main__':
    main()
