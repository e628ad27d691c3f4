package basemap

// Palette is the colours of a ground, each #RRGGBB. The pages' tokens (web/ui/src/styles/tokens.css) are of the same family.
type Palette struct {
	Land, Sea, Water                          string // the background, the open sea, inland water
	Green, Wood, Sand, Rock                   string
	Residential, Industrial, Civic, Pitch     string // areas of use; Civic: schools, hospitals, cemeteries; Pitch: playgrounds too
	Building, BuildingEdge                    string
	Road, MainRoad, Casing, Path, Rail, Pier  string
	Label, QuietLabel, WaterLabel, GreenLabel string
	Halo                                      string
}

// The palettes of the styles, by the reader's wishes.
var (
	Light = Palette{
		Land: "#F4F1EA", Sea: "#C3DCE1", Water: "#B9D6DC",
		Green: "#DBE7CD", Wood: "#C8DBBB", Sand: "#F3E8CD", Rock: "#E4DFD6",
		Residential: "#EEEAE0", Industrial: "#E8E4E6", Civic: "#EFE6DC", Pitch: "#D3E2C4",
		Building: "#E1DACC", BuildingEdge: "#CFC6B5",
		Road: "#FFFFFF", MainRoad: "#FFF6DF", Casing: "#D9D1C2", Path: "#BFB39E", Rail: "#AFA9A0", Pier: "#EFEBE2",
		Label: "#3A424B", QuietLabel: "#626B75", WaterLabel: "#2F6A77", GreenLabel: "#3F6534",
		Halo: "#FBFAF7",
	}
	Dark = Palette{
		Land: "#171D22", Sea: "#0D232B", Water: "#10303A",
		Green: "#1C2B22", Wood: "#1A2F22", Sand: "#2B2921", Rock: "#22282C",
		Residential: "#1B2228", Industrial: "#1F2229", Civic: "#22242A", Pitch: "#203427",
		Building: "#252E36", BuildingEdge: "#303B44",
		Road: "#333E48", MainRoad: "#414B50", Casing: "#11161A", Path: "#4A4A42", Rail: "#4A525A", Pier: "#2A333A",
		Label: "#D3DAE1", QuietLabel: "#A5B0BB", WaterLabel: "#7FBAC6", GreenLabel: "#93BC86",
		Halo: "#12161A",
	}
	Contrast = Palette{
		Land: "#FFFFFF", Sea: "#CFE4F2", Water: "#CFE4F2",
		Green: "#E3F2D8", Wood: "#D3E9C4", Sand: "#FBF3DC", Rock: "#EEEEEE",
		Residential: "#FFFFFF", Industrial: "#F4F4F4", Civic: "#F7F2EA", Pitch: "#D3E9C4",
		Building: "#E6E6E6", BuildingEdge: "#767676",
		Road: "#FFFFFF", MainRoad: "#FFF0B8", Casing: "#4A4A4A", Path: "#6B5B3E", Rail: "#333333", Pier: "#FFFFFF",
		Label: "#000000", QuietLabel: "#1B1F24", WaterLabel: "#06364A", GreenLabel: "#123F0A",
		Halo: "#FFFFFF",
	}
	ContrastDark = Palette{
		Land: "#000000", Sea: "#06222E", Water: "#06222E",
		Green: "#0C2410", Wood: "#0E2A12", Sand: "#242010", Rock: "#1A1A1A",
		Residential: "#000000", Industrial: "#101010", Civic: "#181410", Pitch: "#12301A",
		Building: "#1E1E1E", BuildingEdge: "#9A9A9A",
		Road: "#2B2B2B", MainRoad: "#453C14", Casing: "#C8C8C8", Path: "#C0AE86", Rail: "#DDDDDD", Pier: "#2B2B2B",
		Label: "#FFFFFF", QuietLabel: "#EEF1F4", WaterLabel: "#BFE8FF", GreenLabel: "#CDF5C0",
		Halo: "#000000",
	}
)
