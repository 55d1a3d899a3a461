# gnuplot dim_005.gp makes dim_005.svg and, where the pdfcairo terminal is there, dim_005.pdf. Change it as you like.
reset
set terminal svg size 440,300 dynamic noenhanced name 'dim_005' font 'sans,12'
set output 'dim_005.svg'
set datafile separator '\t'
set border 3
set tics nomirror out scale 0.5
set grid ytics linecolor rgb '#888888' linewidth 0.3
set xlabel 'dim' noenhanced offset 0,0.5
set format x '%g'
set logscale x
set ylabel 'ns a coordinate' noenhanced
set format y '%g'
set logscale y
unset key
set rmargin 3.5
set bmargin at screen 0.18666666666666668
plot 'dim_005.dat' index 0 using 1:3:4 with filledcurves linecolor rgb '#0072b2' fillstyle transparent solid 0.18 noborder notitle, \
     'dim_005.dat' index 1 using 1:3:4 with filledcurves linecolor rgb '#d55e00' fillstyle transparent solid 0.18 noborder notitle, \
     'dim_005.dat' index 2 using 1:3:4 with filledcurves linecolor rgb '#009e73' fillstyle transparent solid 0.18 noborder notitle, \
     'dim_005.dat' index 0 using 1:2 with lines linecolor rgb '#0072b2' linewidth 1.8 dashtype solid title 'coupling(rational_quadratic_spline)', \
     'dim_005.dat' index 1 using 1:2 with lines linecolor rgb '#d55e00' linewidth 1.8 dashtype (8,3) title 'softlog', \
     'dim_005.dat' index 2 using 1:2 with lines linecolor rgb '#009e73' linewidth 1.8 dashtype (2,3) title 'triangular(upper)'
unset output
if (strstrt(GPVAL_TERMINALS, 'pdfcairo') > 0) {
  set terminal pdfcairo size 4.583333333333333in,3.125in noenhanced font 'sans,9'
  set output 'dim_005.pdf'
  set key below noenhanced
  unset bmargin
  replot
  unset output
}
