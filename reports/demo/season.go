package demo

import "time"

// seasons of the town as a whole, what a month has of a mean one: people look at their street in spring and when leaves and wind come, and are
// away in August.
var seasons = [12]float64{0.9, 0.92, 1.07, 1.17, 1.13, 1.01, 0.89, 0.7, 0.96, 1.16, 1.18, 0.85}

// torn are the categories of which a storm brings many.
const torn = " dangerous-tree blocked-drain lamp-out lamp-damaged unsafe-building buildings traffic-sign dead-leaves "

// season is what a day has of a mean day: the months go over into each other, and each week is a little different.
func season(day time.Time) float64 {
	here := int(day.Month()) - 1
	beside, away := here+1, day.Day()-15
	if away < 0 {
		beside, away = here-1, -away
	}
	part := float64(away) / 31
	a, b := seasons[here], seasons[(beside+12)%12]
	return (a + float64((b-a)*part)) * (1 + float64(0.08*height(week(day), 0, 90)))
}

// storm tells whether a storm passes in the week of a day: a few times from autumn to spring, never two weeks on end nor at Christmas.
func storm(day time.Time) bool {
	m := day.Month()
	if m > time.March && m < time.October || m == time.December && day.Day() > 16 {
		return false
	}
	blows := func(week float64) bool { return height(week, 0, 91) > 0.7 }
	return blows(week(day)) && !blows(week(day)-1)
}

// week counts the weeks, from Monday: whoever looks later sees the same ones.
func week(day time.Time) float64 {
	y, m, d := day.Date()
	return float64((time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400 + 3) / 7)
}

// calm is how much less is reported on a day when the town rests.
func calm(day time.Time) float64 {
	switch {
	case day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && closed(day):
		return 0.68
	case day.Month() == time.December && day.Day() > 23, day.Month() == time.January && day.Day() < 3:
		return 0.62
	}
	return 1
}
