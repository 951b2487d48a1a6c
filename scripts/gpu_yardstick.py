#!/usr/bin/env python3
"""What a training step of the papers' networks takes in plain PyTorch: eager, one network, one operation after the other.

usage: gpu_yardstick.py cpu|cuda SECONDS      a line a network, as bench_replicas prints them: seconds of a step (median)
The kind of code that analyses are written in: masks multiplied in each forward pass, autograd, torch.optim.Adam, one loss.item() a
step. Batches lie on the device already, which is the best case. Needs torch and nothing else.
"""
import math
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional

FEATURES, HIDDEN, BLOCKS, FLOW_BATCH = 4, 128, 15, 256
CLASSIFIER_UNITS, CLASSIFIER_BATCH = (64, 64, 64), 128
WARM_UP = 3  # steps


class MaskedLinear(nn.Linear):
    """A unit sees those of the layer before whose degrees are not above its own."""

    def __init__(self, degrees_in, degrees_out):
        super().__init__(len(degrees_in), len(degrees_out))
        self.register_buffer("mask", (degrees_out[:, None] >= degrees_in[None, :]).float())

    def forward(self, x):
        return functional.linear(x, self.weight * self.mask, self.bias)


class Made(nn.Module):
    """u = (x - mu) exp(-alpha), mu and alpha of a feature functions of those before it and of m."""

    def __init__(self):
        super().__init__()
        features = torch.arange(1, FEATURES + 1)
        hidden = torch.arange(HIDDEN) % (FEATURES - 1) + 1
        self.input = MaskedLinear(features, hidden)
        self.condition = nn.Linear(1, HIDDEN, bias=False)
        self.hidden = MaskedLinear(hidden, hidden)
        self.output = MaskedLinear(hidden, (features - 1).repeat(2))

    def forward(self, x, m):
        h = torch.relu(self.input(x) + self.condition(m))
        mu, alpha = self.output(torch.relu(self.hidden(h))).chunk(2, 1)
        return (x - mu) * torch.exp(-alpha), -alpha.sum(1)


class BatchNorm(nn.Module):
    """Of a flow: with log |det|, and running averages for later."""

    def __init__(self, momentum=0.1, epsilon=1e-5):
        super().__init__()
        self.log_gamma = nn.Parameter(torch.zeros(FEATURES))
        self.beta = nn.Parameter(torch.zeros(FEATURES))
        self.register_buffer("running_mean", torch.zeros(FEATURES))
        self.register_buffer("running_variance", torch.ones(FEATURES))
        self.momentum, self.epsilon = momentum, epsilon

    def forward(self, x):
        mean = x.mean(0)
        variance = (x - mean).square().mean(0) + self.epsilon
        self.running_mean.lerp_(mean.detach(), self.momentum)
        self.running_variance.lerp_(variance.detach(), self.momentum)
        y = torch.exp(self.log_gamma) * (x - mean) / torch.sqrt(variance) + self.beta
        return y, (self.log_gamma - 0.5 * torch.log(variance)).sum()


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(nn.ModuleList([Made(), BatchNorm()]) for _ in range(BLOCKS))

    def forward(self, x, m):
        """-log p(x|m), the mean over the batch."""
        log_det = 0
        for made, batch_norm in self.blocks:
            x, of_made = made(x, m)
            x, of_norm = batch_norm(x)
            x = x.flip(1)
            log_det = log_det + of_made + of_norm
        log_normal = -0.5 * (x.square() + math.log(2 * math.pi)).sum(1)
        return -(log_normal + log_det).mean()


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        units = (FEATURES, *CLASSIFIER_UNITS)
        layers = [layer for pair in zip(units, units[1:]) for layer in (nn.Linear(*pair), nn.ReLU())]
        self.logit = nn.Sequential(*layers, nn.Linear(units[-1], 1))

    def forward(self, x, target):
        return functional.binary_cross_entropy_with_logits(self.logit(x), target)


def seconds_of_a_step(network, batch, seconds):
    """The median. `network` of the batch gives the loss, whose value is asked for: so a step waits for the device."""
    adam = torch.optim.Adam(network.parameters(), lr=1e-4)

    def step():
        adam.zero_grad()
        loss = network(*batch)
        loss.backward()
        adam.step()
        return loss.item()

    for _ in range(WARM_UP):
        step()
    times = []
    begin = time.perf_counter()
    while not times or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main(device, seconds):
    torch.manual_seed(1)
    print(f"PyTorch {torch.__version__}, eager, {device}, {torch.get_num_threads()} threads")
    events = torch.randn(FLOW_BATCH, FEATURES, device=device)
    mass = 2 + 4 * torch.rand(FLOW_BATCH, 1, device=device)
    target = (torch.rand(CLASSIFIER_BATCH, 1, device=device) < 0.5).float()
    for what, network, batch in (("flow step", Flow(), (events, mass)),
                                 ("classifier step", Classifier(), (events[:CLASSIFIER_BATCH], target))):
        step = seconds_of_a_step(network.to(device), batch, seconds)
        print(f"{what + ', PyTorch':<30} {1:6d} {step:12.5g} s {1 / step:12.5g} training steps/s", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("cpu", "cuda"):
        sys.exit("usage: gpu_yardstick.py cpu|cuda SECONDS")
    main(sys.argv[1], float(sys.argv[2]))
