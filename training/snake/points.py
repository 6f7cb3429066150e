"""The point head of PointRend (Kirillov et al., CVPR 2020, arXiv 1912.08193): a small MLP at chosen points only."""

from __future__ import annotations

import dataclasses

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SHAPE = 5  # channels of geometry.shape_features
SEMANTIC = 2


def sample(maps: Tensor, points: Tensor, stride: float) -> Tensor:
    """Bilinear values. maps [n,C,h,w], points [n,P,2] input pixels -> [n,C,P].

    Pixel coordinate p lies at p / stride - 1/2; beyond the border the border goes on. In the ONNX graphs of the contour
    networks the maps come as `rows` gives them, n = 1; that of the point head is one operator (point_operator.py).
    """
    if torch.onnx.is_in_onnx_export():
        return gather(maps, points[0], stride).transpose(0, 1)[None]
    size = points.new_tensor([maps.shape[-1] * stride, maps.shape[-2] * stride])
    grid = points.float() / size * 2 - 1
    return F.grid_sample(maps.float(), grid[:, :, None], padding_mode='border', align_corners=False)[..., 0]


def rows(maps: Tensor) -> Tensor:
    """[1,C,h,w] -> [1,h,w,C]: all channels of a place together, as `gather` reads them."""
    return maps.permute(0, 2, 3, 1)


def gather(maps: Tensor, points: Tensor, stride: float) -> Tensor:
    """`sample` by four gathers of whole rows: onnxruntime's GridSample takes five times as long.

    maps [1,h,w,C], points [P,2] -> [P,C].
    """
    shape = torch._shape_as_tensor(maps)
    height, width = shape[1], shape[2]
    most = torch.stack([width, height]) - 1
    place = torch.minimum((points / stride - 0.5).clamp(min=0), most.to(points))
    low = place.floor()
    share = place - low
    low = low.long()
    high = torch.minimum(low + 1, most)
    x0, y0, x1, y1 = low[:, 0], low[:, 1] * width, high[:, 0], high[:, 1] * width
    table = maps.flatten(0, 2)
    across, down = share[:, :1], share[:, 1:]
    upper = table[y0 + x0] * (1 - across) + table[y0 + x1] * across
    lower = table[y1 + x0] * (1 - across) + table[y1 + x1] * across
    return upper * (1 - down) + lower * down


@dataclasses.dataclass(frozen=True)
class PointConfig:
    """fine: channels sampled from feature maps; coarse: of the prediction that is to be refined."""

    fine: int
    coarse: int
    hidden: int = 64
    layers: int = 3
    outputs: int = 1


PUBLISHED = PointConfig(fine=256, coarse=80, hidden=256, outputs=80)


class PointHead(nn.Module):
    """fine [n,fine,P], coarse [n,coarse,P] -> logits [n,outputs,P]; the coarse part enters every layer."""

    def __init__(self, config: PointConfig):
        super().__init__()
        inputs = [config.fine] + [config.hidden] * (config.layers - 1)
        self.layers = nn.ModuleList(nn.Conv1d(i + config.coarse, config.hidden, 1) for i in inputs)
        self.predict = nn.Conv1d(config.hidden + config.coarse, config.outputs, 1)
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity='relu')
            nn.init.zeros_(layer.bias)
        nn.init.normal_(self.predict.weight, std=0.001)
        nn.init.zeros_(self.predict.bias)

    def forward(self, fine: Tensor, coarse: Tensor) -> Tensor:
        x = fine
        for layer in self.layers:
            x = F.relu(layer(torch.cat([x, coarse], 1)))
        return self.predict(torch.cat([x, coarse], 1))
